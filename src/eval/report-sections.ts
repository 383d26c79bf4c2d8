import type { Chart } from './chart-frame.ts';
import type { PlaceFigures, Report, ResultTable, SampleList, SimulatedShop } from './report.ts';
import { escapeXml } from './report-lists.ts';

/** A chart already drawn: in both looks, for wide and for narrow screens. */
export interface Drawn extends Omit<Chart, 'option' | 'height'> {
  readonly light: string;
  readonly dark: string;
  readonly narrowLight: string;
  readonly narrowDark: string;
}

const tag = (simulated: boolean): string => (simulated ? ' <span class="tag">simulated</span>' : '');
const count = (n: number): string => n.toLocaleString('en');

export const chartSection = (chart: Drawn): string => `<section id="${chart.name}">
<h2>${escapeXml(chart.title)}${tag(chart.simulated)}</h2>
<p class="takeaway">${escapeXml(chart.takeaway)}</p>
<figure>
<div class="light wide">${chart.light}</div><div class="dark wide">${chart.dark}</div><div class="light narrow">${chart.narrowLight}</div><div class="dark narrow">${chart.narrowDark}</div>
<figcaption>${chart.simulated ? 'Simulated. ' : ''}${escapeXml(chart.explanation)}</figcaption>
</figure>
<details><summary>The numbers</summary>${plainTable(chart.numbers.columns, chart.numbers.rows)}</details>
</section>`;

function plainTable(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = (row: readonly string[]): string =>
    row
      .map((cell, i) => (i === 0 ? `<th scope="row">${escapeXml(cell)}</th>` : `<td>${escapeXml(cell)}</td>`))
      .join('');
  return `<div class="scroll"><table><thead><tr>${columns.map((column) => `<th scope="col">${escapeXml(column)}</th>`).join('')}</tr></thead><tbody>${rows.map((row) => `<tr>${cells(row)}</tr>`).join('')}</tbody></table></div>`;
}

/** Picture (5) as words: what can be read aloud, copied and wrapped. */
export function listsSection(lists: readonly SampleList[], title: string, takeaway: string): string {
  const one = (list: SampleList): string => `<article>
<h3>${escapeXml(list.shopper)}${list.segment ? ` <span class="faint">${escapeXml(list.segment)}</span>` : ''}</h3>
<div class="columns"><div><h4>Did so far, newest first</h4><ul>${list.history.map((item) => `<li>${escapeXml(item)}</li>`).join('')}</ul></div>
<div><h4>Would be shown, and why</h4><ol>${list.items.map((item) => `<li>${escapeXml(item.title)}<br><span class="faint">${escapeXml(item.reason)}</span></li>`).join('')}</ol></div></div>
</article>`;
  return `<section id="lists">
<h2>${escapeXml(title)}</h2>
<p class="takeaway">${escapeXml(takeaway)}</p>
${lists.map(one).join('\n')}
</section>`;
}

export function tableSection(title: string, table: ResultTable, winner: string | undefined): string {
  const best = new Map(
    table.columns.map(({ key, better }) => {
      const values = table.rows.map((row) => row.values[key]).filter((value) => value !== undefined);
      const order = { higher: (v: number) => -v, lower: (v: number) => v, 'nearer 0': Math.abs }[better];
      return [key, values.sort((a, b) => order(a) - order(b))[0]];
    }),
  );
  const cell = (value: number | undefined, key: string): string => {
    if (value === undefined) return '<td></td>';
    const text = Number.isInteger(value)
      ? count(value)
      : value.toFixed(Math.abs(value) < 1 ? 4 : 2).replace(/^0\./, '.');
    return `<td${best.get(key) === value ? ' class="best"' : ''}>${text}</td>`;
  };
  return `<section>
<h2>${escapeXml(title)}</h2>
<p class="takeaway">${escapeXml(table.takeaway)}</p>
<p class="faint">${escapeXml(table.caption)} The best of each column is bold.</p>
<div class="scroll"><table>
<thead><tr><th scope="col">agent</th>${table.columns.map((column) => `<th scope="col">${escapeXml(column.label)}</th>`).join('')}</tr></thead>
<tbody>
${table.rows
  .map(
    (row) =>
      `<tr${row.agent === winner ? ' class="serves"' : ''}><th scope="row">${escapeXml(row.agent).replaceAll('+', '+<wbr>')}</th>${table.columns.map((column) => cell(row.values[column.key], column.key)).join('')}</tr>`,
  )
  .join('\n')}
</tbody></table></div>
<details><summary>What the columns mean</summary><dl>${table.columns.map((column) => `<dt>${escapeXml(column.label)}</dt><dd>${escapeXml(column.meaning)}</dd>`).join('')}</dl></details>
</section>`;
}

/** Clicks, ratings and reviews that nobody made. */
export function simulatedSection(shop: SimulatedShop): string {
  const steps = ['slates', 'clicks', 'carts', 'purchases', 'ratings', 'reviews'] as const;
  const rows = steps.map((step, i) => {
    const before = i === 0 ? undefined : shop[steps[i - 1]!];
    return [step, count(shop[step]), before ? `${Number(((100 * shop[step]) / before).toFixed(1))} %` : ''];
  });
  const [first, last] = [shop.clickRateBySlot[0] ?? 0, shop.clickRateBySlot.at(-1) ?? 0];
  const place =
    last > 0
      ? ` Place alone matters: with the same products, drawn at random, the first place of a list is clicked ${(first / last).toFixed(1)} times as often as the last.`
      : '';
  const stars =
    shop.meanStars === undefined ? '' : ` They gave ${shop.meanStars.toFixed(1)} stars on average.`;
  return `<section id="simulated-shop">
<h2>What simulated shoppers did${tag(true)}</h2>
<p class="takeaway">${escapeXml(`${count(shop.shoppers)} simulated shoppers looked at ${count(shop.slates)} lists, bought ${count(shop.purchases)} times and wrote ${count(shop.reviews)} reviews.${stars}${place}`)}</p>
<p class="faint">Simulated. ${escapeXml(shop.caption)}</p>
${plainTable(['simulated', 'number', 'share of the line above'], rows)}
</section>`;
}

/** Position bias of the lists that were really shown. */
export function placesSection({ lists, rows }: PlaceFigures): string {
  const rate = (part: number, whole: number): string =>
    whole === 0 ? '' : `${Number(((100 * part) / whole).toFixed(1))} %`;
  const [first, last] = [rows[0], rows.at(-1)];
  const ends =
    first && last
      ? `the first place was answered to in ${rate(first.answered, first.shown)} of them, place ${last.place} in ${rate(last.answered, last.shown)}`
      : '';
  return `<section id="places">
<h2>Does the place in the list matter?</h2>
<p class="takeaway">Of ${count(lists)} lists shown, ${ends}.</p>
<p class="faint">The best guesses stand at the top, so this mixes merit with place. The columns "by chance" count only places that chance filled (exploration): there, differences come from the place alone, once there are enough of them.</p>
${plainTable(
  ['place', 'shown', 'answered', 'shown by chance', 'answered by chance'],
  rows.map((row) => [
    `${row.place}`,
    count(row.shown),
    rate(row.answered, row.shown),
    count(row.byChance),
    rate(row.answeredByChance, row.byChance),
  ]),
)}
</section>`;
}

export function segmentsSection(segments: NonNullable<Report['segments']>): string {
  const total = segments.reduce((sum, { shoppers }) => sum + shoppers, 0);
  const most = segments.reduce((a, b) => (b.shoppers > a.shoppers ? b : a));
  return `<section id="segments">
<h2>Who the shoppers are now</h2>
<p class="takeaway">Of ${count(total)} shoppers looked at, most (${count(most.shoppers)}) are ${escapeXml(most.segment)}, at the moment of the newest action.</p>
<p class="faint">Shoppers are told apart while they act, by fixed rules that are asked in this order; the first that holds names the segment. It is harder to enter a segment than to stay in it, so nobody flickers between two.</p>
<div class="scroll"><table><thead><tr><th scope="col">segment</th><th scope="col">shoppers</th><th scope="col" class="words">rule</th></tr></thead><tbody>
${segments.map(({ segment, shoppers, rule }) => `<tr><th scope="row">${escapeXml(segment)}</th><td>${count(shoppers)}</td><td class="words">${escapeXml(rule)}</td></tr>`).join('\n')}
</tbody></table></div>
</section>`;
}
