import { type Explanation, howLikely, inFigures, signed } from '../explain/index.ts';
import type { Theme } from './chart-frame.ts';
import { svgPage, type TextLook, wrapped } from './svg-page.ts';

const width = 920;
const rowHeight = 30;
/** Where bars begin, and how long the longest is. */
const middle = 600;
const longest = 210;
const minus = '\u2212';

/** Why this offer, as bars: what speaks for it to the right, what speaks against it to the left, the strongest on top. */
export function drawExplanation(explanation: Explanation, theme: Theme): string {
  const { sentence, words, forced, shapley } = explanation;
  const page = svgPage(width, theme);
  let y = 16;
  const down = (by: number): number => {
    y += by;
    return y;
  };
  const lines = (text: string, most: number, apart: number, look: TextLook): void => {
    for (const line of wrapped(text, most)) page.text(20, down(apart), line, look);
  };
  lines(sentence, 96, 22, { size: 16, bold: true });
  if (forced) return page.finish(y + 20, `${words}. ${sentence}`);
  y += 8;
  lines(howLikely(explanation), 130, 18, { size: 12 });
  const how = `Each bar: how much a fact about this shopper speaks for the offer or against it, beside ${shapley.background} other shoppers.`;
  lines(how, 130, 18, { color: theme.faint, size: 12 });
  y += 22;
  page.text(middle - 8, down(12), 'speaks against it', { color: theme.bad, anchor: 'end', size: 12 });
  page.text(middle + 8, y, 'speaks for it', { color: theme.good, size: 12 });
  y += 8;
  const top = y;
  const sorted = [...shapley.features].sort((a, b) => Math.abs(b.contribution) - Math.abs(a.contribution));
  const most = Math.abs(sorted[0]?.contribution ?? 0) || 1;
  for (const { label, value, contribution, standardError } of sorted) {
    const along = (longest * Math.abs(contribution)) / most;
    const [color, side] = contribution < 0 ? [theme.bad, -1] : [theme.good, 1];
    page.text(20, y + 20, label);
    page.text(360, y + 20, value, { color: theme.faint, anchor: 'end' });
    page.bar(side < 0 ? middle - along : middle, y + 6, along, rowHeight - 12, color);
    const error = (longest * standardError) / most;
    if (error >= 0.5) {
      const end = middle + side * along;
      page.path(`M${end - error} ${y + rowHeight / 2}H${end + error}`, theme.ink);
    }
    page.text(middle + side * (along + 6), y + 20, signed(contribution, shapley, minus), {
      color: theme.faint,
      size: 12,
      anchor: side < 0 ? 'end' : 'start',
    });
    y += rowHeight;
  }
  page.path(`M${middle} ${top}V${y}`, theme.neutral);
  y += 8;
  const together = 'All bars together are the difference between this shopper and the average of the others.';
  page.text(20, down(20), together, { size: 12 });
  const errors = shapley.exact ? '' : ' Thin lines are standard errors.';
  const sums = `${inFigures(explanation)}${errors}`.replaceAll(/-(?=\d)/g, minus);
  lines(sums, 170, 16, { color: theme.faint, size: 10 });
  return page.finish(y + 20, `${words}. ${sentence}`);
}
