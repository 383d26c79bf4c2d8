import type { Theme } from './chart-frame.ts';
import type { SampleList } from './report.ts';

const rowHeight = 26;
const width = 920;

/** Picture (5): what sample shoppers looked at, and what they would be shown, as one SVG. Pure text, no chart library. */
export function drawLists(lists: readonly SampleList[], theme: Theme): string {
  let y = 10;
  const parts: string[] = [];
  const text = (x: number, at: number, words: string, color: string, size = 13, weight = 400): void => {
    parts.push(
      `<text x="${x}" y="${at}" fill="${color}" font-size="${size}" font-weight="${weight}">${escapeXml(words)}</text>`,
    );
  };
  for (const list of lists) {
    text(16, y + 22, list.shopper + (list.segment ? ` (${list.segment})` : ''), theme.ink, 15, 700);
    text(16, y + 44, 'so far', theme.faint, 11);
    text(390, y + 44, 'would be shown, and why', theme.faint, 11);
    const top = y + 56;
    list.history.forEach((title, i) => {
      text(16, top + i * rowHeight + 16, shorten(title, 46), theme.ink);
    });
    list.items.forEach((item, i) => {
      text(390, top + i * rowHeight + 16, `${i + 1}`, theme.accent, 13, 700);
      text(414, top + i * rowHeight + 16, shorten(item.title, 38), theme.ink);
      text(690, top + i * rowHeight + 16, shorten(item.reason, 36), theme.faint, 11);
    });
    y = top + Math.max(list.history.length, list.items.length) * rowHeight + 14;
    parts.push(`<line x1="16" x2="${width - 16}" y1="${y - 2}" y2="${y - 2}" stroke="${theme.grid}"/>`);
  }
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${y}" viewBox="0 0 ${width} ${y}" font-family="DejaVu Sans, system-ui, sans-serif">${parts.join('')}</svg>`;
}

/** What the lists say, all of them together. */
export function listsAbout(lists: readonly SampleList[]): {
  readonly title: string;
  readonly takeaway: string;
} {
  const shown = lists.flatMap(({ items }) => items.map(({ title }) => title));
  const different = new Set(shown);
  const everywhere = [...different].filter((title) =>
    lists.every(({ items }) => items.some((item) => item.title === title)),
  ).length;
  return {
    title: 'What sample shoppers would see',
    takeaway: `The ${shown.length} places of these ${lists.length} lists hold ${different.size} different products; ${everywhere === 0 ? 'none of them stands' : everywhere === 1 ? 'one of them stands' : `${everywhere} of them stand`} in every list. Shoppers are drawn at random and called by numbers.`,
  };
}

const shorten = (words: string, most: number): string =>
  words.length > most ? `${words.slice(0, most - 1)}…` : words;

/**
 * Text made safe for XML and HTML, in content and in quoted attributes. What XML may not hold at all (control characters,
 * half a surrogate pair), and titles from outside may, becomes U+FFFD.
 */
export function escapeXml(words: string): string {
  return words
    .toWellFormed()
    .replace(/[^\t\n\r -\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd')
    .replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

/** The same SVG with words for those who do not see it. */
export const labelled = (svg: string, words: string): string =>
  svg.replace('<svg ', () => `<svg role="img" aria-label="${escapeXml(words)}" `);
