import { TendrilError } from '../core/index.ts';
import { readId, show } from './values.ts';

/** A column of words with more different ones than this is an id, not a feature. */
const MOST_WORDS = 50;

/**
 * Columns as numbers: a column in which every cell is a number is one feature, any other one feature a word (1 where the
 * row has it). A missing cell, NaN or infinity is an error: a figure with a guess in it is not a figure.
 */
export function featureColumns(columns: readonly { readonly name: string; readonly index: number }[]): {
  row(cells: readonly string[], where: string): void;
  numbers(file: string): { readonly features: Float64Array; readonly width: number };
} {
  const read = columns.map(({ name, index }) => ({
    name,
    index,
    /** Each row's word by its number. */
    values: [] as number[],
    words: new Map<string, number>(),
    numeric: true,
  }));
  return {
    row(cells, where) {
      for (const column of read) {
        const text = readId(cells[column.index]);
        if (text === undefined || /^[+-]?(inf|infinity)$/i.test(text))
          throw new TendrilError(
            'bad-line',
            `${where}: the feature ${column.name} is ${show(cells[column.index])}; accepted: a number, or a word where the column holds words (fill it in, or name the features to use with --features)`,
          );
        if (Number.isNaN(Number(text))) column.numeric = false;
        let word = column.words.get(text);
        if (word === undefined) {
          word = column.words.size;
          column.words.set(text, word);
        }
        column.values.push(word);
      }
    },
    numbers(file) {
      for (const { name, numeric, words } of read) {
        if (!numeric && words.size > MOST_WORDS)
          throw new TendrilError(
            'bad-line',
            `${file}: the column ${name} holds ${words.size} different words; accepted as a feature: numbers, or at most ${MOST_WORDS} words (name the features to use with --features)`,
          );
      }
      const width = read.reduce((sum, { numeric, words }) => sum + (numeric ? 1 : words.size), 0);
      const n = read[0]?.values.length ?? 0;
      const features = new Float64Array(n * width);
      let from = 0;
      for (const { numeric, words, values } of read) {
        const numbers = numeric ? [...words.keys()].map(Number) : [];
        for (let i = 0; i < n; i++) {
          if (numeric) features[i * width + from] = numbers[values[i]!]!;
          else features[i * width + from + values[i]!] = 1;
        }
        from += numeric ? 1 : words.size;
      }
      return { features, width };
    },
  };
}
