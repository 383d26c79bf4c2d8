import type { Report, ResultTable } from './report.ts';
import type { Chart } from './report-charts.ts';
import { escapeXml } from './report-lists.ts';

/** A chart already drawn in both looks. */
export interface Drawn {
  readonly name: string;
  readonly title: string;
  readonly explanation: string;
  readonly simulated: boolean;
  readonly light: string;
  readonly dark: string;
}

/** The whole report as one HTML file that opens from disk: no script, no address outside it. */
export function reportPage(report: Report, drawings: readonly Drawn[]): string {
  const { data, winner } = report;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
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
${
  winner
    ? `<section class="winner"><h2>In one sentence</h2><p class="big"><strong>${escapeXml(winner.agent)}</strong> serves this shop.</p><p>${escapeXml(winner.why)}</p></section>`
    : ''
}
${report.results ? tableSection('Who finds what shoppers want next?', report.results, winner?.agent) : ''}
${drawings.map(section).join('\n')}
${report.fairness ? tableSection('Is it fair?', report.fairness, winner?.agent) : ''}
<footer class="faint"><p>Every number here stands in <code>report.json</code> beside this file.</p></footer>
</main>
</body>
</html>
`;
}

/** A chart with its drawings. */
export const drawn = (
  chart: Pick<Chart, 'name' | 'title' | 'explanation' | 'simulated'>,
  light: string,
  dark: string,
): Drawn => ({
  name: chart.name,
  title: chart.title,
  explanation: chart.explanation,
  simulated: chart.simulated,
  light,
  dark,
});

const count = (n: number): string => n.toLocaleString('en');

const section = (chart: Drawn): string => `<section id="${chart.name}">
<h2>${escapeXml(chart.title)}${chart.simulated ? ' <span class="tag">simulated</span>' : ''}</h2>
<figure><div class="light">${chart.light}</div><div class="dark">${chart.dark}</div></figure>
<p>${escapeXml(chart.explanation)}</p>
</section>`;

function tableSection(title: string, table: ResultTable, winner: string | undefined): string {
  const best = new Map(
    table.columns.map(({ key, better }) => {
      const values = table.rows.map((row) => row.values[key]).filter((value) => value !== undefined);
      const order = { higher: (v: number) => -v, lower: (v: number) => v, 'nearer 0': Math.abs }[better];
      return [key, values.sort((a, b) => order(a) - order(b))[0]];
    }),
  );
  const cell = (value: number | undefined, key: string): string => {
    if (value === undefined) return '<td></td>';
    const text = Number.isInteger(value) ? count(value) : value.toFixed(4).replace(/^0\./, '.');
    return `<td${best.get(key) === value ? ' class="best"' : ''}>${text}</td>`;
  };
  return `<section>
<h2>${escapeXml(title)}</h2>
<p>${escapeXml(table.caption)}</p>
<div class="scroll"><table>
<thead><tr><th scope="col">agent</th>${table.columns.map((column) => `<th scope="col">${escapeXml(column.label)}</th>`).join('')}</tr></thead>
<tbody>
${table.rows
  .map(
    (row) =>
      `<tr${row.agent === winner ? ' class="serves"' : ''}><th scope="row">${escapeXml(row.agent)}</th>${table.columns.map((column) => cell(row.values[column.key], column.key)).join('')}</tr>`,
  )
  .join('\n')}
</tbody></table></div>
<dl>${table.columns.map((column) => `<dt>${escapeXml(column.label)}</dt><dd>${escapeXml(column.meaning)}</dd>`).join('')}</dl>
</section>`;
}

const style = `
:root{color-scheme:light dark;--paper:#fff;--ink:#1c2430;--faint:#5b6675;--line:#e3e7ec;--accent:#1b7f5c;--soft:#f4f7f6}
@media (prefers-color-scheme:dark){:root{--paper:#12171e;--ink:#e8ecf1;--faint:#a3afbd;--line:#313a46;--accent:#4cc79a;--soft:#1a222c}.light{display:none}}
@media (prefers-color-scheme:light){.dark{display:none}}
@media print{.dark{display:none}.light{display:block}}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.55 system-ui,sans-serif}
main{max-width:960px;margin:0 auto;padding:32px 20px}
h1{font-size:30px;margin:0 0 4px}h2{font-size:21px;margin:0 0 8px}
section{margin:40px 0}figure{margin:0;overflow-x:auto}figure svg{max-width:100%;height:auto}
.faint{color:var(--faint)}.note{border-left:3px solid var(--accent);padding:2px 12px;margin:10px 0}
.winner{background:var(--soft);border:1px solid var(--line);border-radius:10px;padding:18px 22px}.big{font-size:22px;margin:4px 0}
.tag{font-size:12px;font-weight:400;border:1px solid var(--line);border-radius:9px;padding:2px 8px;color:var(--faint);vertical-align:middle}
.scroll{overflow-x:auto}table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
th,td{padding:6px 10px;text-align:right;border-bottom:1px solid var(--line);white-space:nowrap}th:first-child{text-align:left}
thead th{color:var(--faint);font-weight:500}.best{font-weight:700}.serves th{color:var(--accent)}
dl{display:grid;grid-template-columns:max-content 1fr;gap:4px 16px;color:var(--faint);font-size:14px}dd{margin:0}
`;
