import type { SampleList } from './report.ts';
import type { Theme } from './report-charts.ts';

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
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${y}" viewBox="0 0 ${width} ${y}" font-family="DejaVu Sans, system-ui, sans-serif" role="img">${parts.join('')}</svg>`;
}

const shorten = (words: string, most: number): string =>
  words.length > most ? `${words.slice(0, most - 1)}…` : words;

/** Text made safe for XML and HTML, in content and in quoted attributes. */
export function escapeXml(words: string): string {
  return words.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
