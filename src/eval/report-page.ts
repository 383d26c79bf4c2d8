import type { Report } from './report.ts';
import { escapeXml, listsAbout } from './report-lists.ts';
import {
  chartSection,
  type Drawn,
  listsSection,
  placesSection,
  segmentsSection,
  simulatedSection,
  tableSection,
} from './report-sections.ts';

/** The whole report as one HTML file that opens from disk: no script, no address outside it. */
export function reportPage(report: Report, drawings: readonly Drawn[]): string {
  const { data, winner, results, lists, simulatedShop, segments, fairness, places, robustness } = report;
  const count = (n: number): string => n.toLocaleString('en');
  const sections = [
    winner &&
      `<section class="winner"><h2>In one sentence</h2><p class="big"><strong>${escapeXml(winner.agent)}</strong> serves this shop.</p><p>${escapeXml(winner.why)}</p></section>`,
    results && tableSection('Who finds what shoppers want next?', results, winner?.agent),
    ...drawings.filter(({ name }) => name === 'success').map(chartSection),
    lists && lists.length > 0 && listsSection(lists, listsAbout(lists).title, listsAbout(lists).takeaway),
    ...drawings.filter(({ name }) => name !== 'success').map(chartSection),
    simulatedShop && simulatedSection(simulatedShop),
    segments && segmentsSection(segments),
    fairness && tableSection('Is it fair?', fairness, winner?.agent),
    places && placesSection(places),
    robustness && tableSection('What if the data are bad?', robustness, winner?.agent),
  ];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeXml(report.title)}</title>
<style>${style}</style>
</head>
<body>
<main>
<header>
<h1>${escapeXml(report.title)}</h1>
<p class="faint">${escapeXml(data.name)}: ${count(data.shoppers)} shoppers, ${count(data.items)} products, ${count(data.interactions)} interactions. Made ${new Date(report.createdAt).toISOString().slice(0, 16).replace('T', ' ')} UTC.</p>
${data.notes.map((note) => `<p class="note">${escapeXml(note)}</p>`).join('\n')}
</header>
${sections.filter((section) => section).join('\n')}
<footer class="faint"><p>Every number here stands in <code>report.json</code> beside this file; every picture is there as SVG and PNG.</p></footer>
</main>
</body>
</html>
`;
}

const style = `
:root{color-scheme:light dark;--paper:#fff;--ink:#1c2430;--faint:#5b6675;--line:#e3e7ec;--accent:#1b7f5c;--soft:#f4f7f6}
@media (prefers-color-scheme:dark){:root{--paper:#12171e;--ink:#e8ecf1;--faint:#a3afbd;--line:#313a46;--accent:#4cc79a;--soft:#1a222c}}
@media (prefers-color-scheme:dark){.light{display:none}}
@media not (prefers-color-scheme:dark){.dark{display:none}}
@media (min-width:641px){.narrow{display:none}}
@media (max-width:640px){.wide{display:none}}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.55 system-ui,"DejaVu Sans",sans-serif}
main{max-width:920px;margin:0 auto;padding:32px 20px}
h1{font-size:30px;line-height:1.25;margin:0 0 4px}h2{font-size:21px;line-height:1.3;margin:0 0 8px}h3{font-size:16px;margin:20px 0 4px}h4{font-size:13px;font-weight:500;color:var(--faint);margin:0}
section{margin:48px 0}figure{margin:0}figure svg{display:block;width:100%;height:auto}
figcaption,.faint{color:var(--faint)}figcaption{font-size:14px}.takeaway{margin:0 0 12px}
.note{border-left:3px solid var(--accent);padding:2px 12px;margin:10px 0}
.winner{background:var(--soft);border:1px solid var(--line);border-radius:10px;padding:18px 22px}.big{font-size:22px;margin:4px 0;overflow-wrap:anywhere}
.tag{font-size:12px;font-weight:400;border:1px solid var(--line);border-radius:9px;padding:2px 8px;color:var(--faint);vertical-align:middle;white-space:nowrap}
.columns{display:grid;grid-template-columns:minmax(0,2fr) minmax(0,3fr);gap:4px 28px;border-bottom:1px solid var(--line);padding-bottom:12px;font-size:14px}
@media (max-width:640px){.columns{grid-template-columns:minmax(0,1fr)}h1{font-size:25px}section{margin:36px 0}}
ul,ol{margin:4px 0;padding-left:20px}li{margin:3px 0;overflow-wrap:anywhere}
.scroll{overflow-x:auto}table{border-collapse:collapse;width:100%;font-size:14px;font-variant-numeric:tabular-nums}
th,td{padding:6px 8px;text-align:right;border-bottom:1px solid var(--line);white-space:nowrap}th:first-child{text-align:left;font-weight:600;white-space:normal;min-width:130px}
thead th{color:var(--faint);font-weight:500;white-space:normal;vertical-align:bottom}.best{font-weight:700}.serves th{color:var(--accent)}
.words{text-align:left;white-space:normal;min-width:220px}
details{font-size:14px;margin:8px 0}summary{cursor:pointer;color:var(--faint)}
dl{display:grid;grid-template-columns:max-content 1fr;gap:4px 16px;color:var(--faint)}dd{margin:0}
@media (max-width:640px){dl{grid-template-columns:1fr}dd{margin-bottom:6px}}
@media print{:root{--paper:#fff;--ink:#1c2430;--faint:#5b6675;--line:#e3e7ec;--accent:#1b7f5c;--soft:#f4f7f6}.dark,.narrow{display:none}.light.wide{display:block}}
`;
