import type { Theme } from './chart-frame.ts';
import { escapeXml } from './report-lists.ts';

/** A picture made of text, bars and lines on paper, as one SVG that needs nothing else. */
export interface SvgPage {
  text(x: number, y: number, words: string, look?: TextLook): void;
  bar(x: number, y: number, width: number, height: number, color: string, opacity?: number): void;
  path(points: string, color: string): void;
  /** With words for those who do not see it. */
  finish(height: number, label: string): string;
}

export interface TextLook {
  readonly color?: string;
  readonly size?: number;
  readonly bold?: boolean;
  readonly anchor?: 'start' | 'middle' | 'end';
  /** Degrees, about its beginning. */
  readonly turn?: number;
}

export function svgPage(width: number, theme: Theme): SvgPage {
  const parts: string[] = [];
  return {
    text(x, y, words, { color = theme.ink, size = 13, bold = false, anchor = 'start', turn } = {}) {
      const turned = turn === undefined ? '' : ` transform="rotate(${turn} ${x} ${y})"`;
      parts.push(
        `<text x="${x}" y="${y}" fill="${color}" font-size="${size}"${bold ? ' font-weight="700"' : ''} text-anchor="${anchor}"${turned}>${escapeXml(words)}</text>`,
      );
    },
    bar(x, y, w, height, color, opacity = 1) {
      const place = [x, y, Math.max(0, w), height].map((value) => Number(value.toFixed(1)));
      parts.push(
        `<rect x="${place[0]}" y="${place[1]}" width="${place[2]}" height="${place[3]}" rx="2" fill="${color}" opacity="${Number(opacity.toFixed(3))}"/>`,
      );
    },
    path(points, color) {
      parts.push(`<path d="${points}" fill="none" stroke="${color}" stroke-width="1.5"/>`);
    },
    finish(height, label) {
      return `<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="${escapeXml(label)}" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="DejaVu Sans, system-ui, sans-serif"><rect width="${width}" height="${height}" fill="${theme.paper}"/>${parts.join('')}</svg>\n`;
    },
  };
}

/** Lines of at most so many characters, broken between words; a number and its % stay together. */
export function wrapped(words: string, most: number): string[] {
  const lines: string[] = [];
  for (const word of words.split(/ (?!%)/)) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= most)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
