import { type Sequences, TendrilError } from '../core/index.ts';
import { byteSource } from './read-bytes.ts';
import { readLines } from './read-lines.ts';

/**
 * Plain sequence files, gzip or not: one shopper a line, `user item item ...` in time order, or without the user where
 * lines are anonymous sessions. Items may be any words; they are numbered by first appearance, across files read with
 * the same `numbers`.
 */
export async function readSequenceFile(
  path: string,
  numbers: Map<string, number>,
  { users = true }: { readonly users?: boolean } = {},
): Promise<Sequences> {
  const offsets = [0];
  const items: number[] = [];
  const seen = new Map<string, number>();
  function line(text: string, number: number): void {
    const words = text.split(/\s+/).filter((word) => word !== '');
    const where = `${path}, line ${number}`;
    if (words.length === 0) return;
    if (/[^\P{Cc}\s]/u.test(text))
      throw new TendrilError('not-text', `${where} is not text; accepted: words separated by spaces`);
    if (number === 1 && /^[[{]/.test(text))
      throw new TendrilError('bad-line', `${where} begins as JSON does; accepted: words separated by spaces`);
    if (users) {
      const user = words.shift()!;
      const before = seen.get(user);
      if (before !== undefined)
        throw new TendrilError(
          'bad-line',
          `${where} has user "${user}" again, who stands in line ${before}; accepted: one line a user`,
        );
      seen.set(user, number);
      if (words.length === 0)
        throw new TendrilError(
          'bad-line',
          `${where} has a user and no items; accepted: "user item item ..."`,
        );
    }
    for (const word of words) {
      let item = numbers.get(word);
      if (item === undefined) {
        item = numbers.size;
        numbers.set(word, item);
      }
      items.push(item);
    }
    offsets.push(items.length);
  }
  function bad(reason: string, _: string, number: number): void {
    throw new TendrilError('bad-line', `${path}, line ${number}: ${reason}`);
  }
  for await (const _ of readLines(byteSource(path), { line, bad })) {
    // Read on: the lines are taken as they come.
  }
  if (items.length === 0) throw new TendrilError('empty-file', `${path} holds no sequences`);
  return {
    n: offsets.length - 1,
    itemCount: numbers.size,
    offsets: Int32Array.from(offsets),
    items: Int32Array.from(items),
  };
}
