import { emoji } from './emoji.data.ts';

const descriptions = new Map(
  emoji
    .trim()
    .split('\n')
    .map((line) => line.split('\t'))
    .map(([code, description]) => [Number.parseInt(code!, 16), description!]),
);
const first = Math.min(...descriptions.keys());

/**
 * Puts VADER's description in place of each emoji, code point by code point: a sequence joined by U+200D becomes the
 * descriptions of its parts with what joined them still there. A space is put before it unless one is there already,
 * and none after it.
 */
export function describeEmoji(text: string): string {
  let described = '';
  let copied = 0;
  for (let at = 0; at < text.length; at++) {
    if (text.charCodeAt(at) < first) continue;
    const code = text.codePointAt(at)!;
    const description = descriptions.get(code);
    if (description !== undefined) {
      described += text.slice(copied, at);
      if (at > 0 && text.charCodeAt(at - 1) !== 0x20) described += ' ';
      described += description;
      copied = at + (code > 0xffff ? 2 : 1);
    }
    if (code > 0xffff) at++;
  }
  return copied === 0 ? text : described + text.slice(copied);
}
