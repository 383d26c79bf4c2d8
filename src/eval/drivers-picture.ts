import type { Drivers } from '../explain/index.ts';
import type { Theme } from './chart-frame.ts';
import { svgPage } from './svg-page.ts';

const width = 1060;
/** Room for the last slanted label. */
const right = 150;
const left = 330;
const top = 210;
const rowHeight = 32;
/** Columns shown; what is left is one more. */
const mostColumns = 11;
/** A row of fewer shoppers tells little and is drawn pale. */
const few = 10;

/** Which features drive which offer: a row an offer, a column a feature, the darker the larger its share. */
export function drawDrivers({ shoppers, features, actions, overall }: Drivers, theme: Theme): string {
  const page = svgPage(width, theme);
  page.text(20, 36, 'Which facts about shoppers drive which offer', { size: 16, bold: true });
  page.text(
    20,
    58,
    `Each row adds up to 100 %: what moved the policy, among ${shoppers} shoppers, towards or away from that offer.`,
    { color: theme.faint, size: 12 },
  );
  page.text(20, 76, `Pale: offers made to fewer than ${few} shoppers, of which little can be said.`, {
    color: theme.faint,
    size: 12,
  });
  const sharesOf = (strength: readonly number[]): number[] => {
    const total = strength.reduce((sum, x) => sum + x, 0) || 1;
    return strength.map((x) => x / total);
  };
  // What drives one offer most has a column, however little it drives the others.
  const most = features.map((_, i) =>
    Math.max(...[overall, ...actions.map(({ strength }) => strength)].map((row) => sharesOf(row)[i]!)),
  );
  const byMost = features.map((_, i) => i).sort((a, b) => most[b]! - most[a]!);
  const kept = byMost.length > mostColumns ? mostColumns - 1 : mostColumns;
  const shown = byMost.slice(0, kept).sort((a, b) => overall[b]! - overall[a]!);
  const rest = byMost.slice(kept);
  const labels = shown.map((i) => features[i]!.label);
  if (rest.length > 0) labels.push(`${rest.length} others`);
  const column = (width - left - right) / labels.length;
  labels.forEach((label, c) => {
    page.text(left + (c + 0.5) * column, top - 10, label, { size: 11, turn: -38 });
  });
  const rows = [
    ...actions.map(({ words, shoppers: n, strength }) => ({ words, n, strength })),
    { words: 'all offers together', n: shoppers, strength: overall },
  ];
  rows.forEach(({ words, n, strength }, r) => {
    const y = top + r * rowHeight + (r === actions.length ? 10 : 0);
    page.text(left - 62, y + 20, words, { anchor: 'end', bold: r === actions.length });
    page.text(left - 12, y + 20, String(n), { anchor: 'end', color: theme.faint, size: 12 });
    const all = sharesOf(strength);
    const shares = shown.map((i) => all[i]!);
    if (rest.length > 0) shares.push(rest.reduce((sum, i) => sum + all[i]!, 0));
    const pale = n < few ? 0.3 : 1;
    shares.forEach((share, c) => {
      page.bar(
        left + c * column + 1,
        y + 1,
        column - 2,
        rowHeight - 2,
        theme.good,
        // The sum of many is no driver.
        c < shown.length ? 0.04 + 0.96 * pale * Math.min(1, 2 * share) : 0.04,
      );
      page.text(left + (c + 0.5) * column, y + 20, `${Math.round(100 * share)} %`, {
        anchor: 'middle',
        size: 11,
        color: c < shown.length && pale * share >= 0.3 ? theme.paper : share < 0.005 ? theme.grid : theme.ink,
      });
    });
  });
  page.text(left - 12, top - 10, 'shoppers', { anchor: 'end', color: theme.faint, size: 11 });
  return page.finish(top + rows.length * rowHeight + 30, 'Which facts about shoppers drive which offer');
}
