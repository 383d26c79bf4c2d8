import { TendrilError } from '../core/index.ts';
import type { FeatureColumn } from '../measure/index.ts';
import { readId, show } from './values.ts';

/** A column of words with more different ones than this is an id, not a feature. */
const MOST_WORDS = 50;

/**
 * Columns as numbers: a column in which every cell is a number is one feature, any other one feature a word (1 where the
 * row has it). A missing cell, NaN or infinity is an error: a figure with a guess in it is not a figure.
 * With `known`, columns are read as another log had them; a word it did not have is none of its features.
 */
export function featureColumns(
  columns: readonly { readonly name: string; readonly index: number }[],
  known?: readonly FeatureColumn[],
): {
  row(cells: readonly string[], where: string): void;
  numbers(file: string): {
    readonly features: Float64Array;
    readonly width: number;
    readonly columns: readonly FeatureColumn[];
  };
} {
  const read = columns.map(({ name, index }, i) => ({
    name,
    index,
    /** Each row's word by its number. */
    values: [] as number[],
    words: new Map<string, number>(known?.[i]?.words?.map((word, number) => [word, number])),
    /** Of these words each is a feature. */
    own: known?.[i]?.words?.length,
    numeric: known?.[i]?.words === undefined,
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
        if (column.numeric && Number.isNaN(Number(text))) {
          if (known)
            throw new TendrilError(
              'bad-line',
              `${where}: the feature ${column.name} is ${show(text)}; accepted: a number, as in the log the policy was learned from`,
            );
          column.numeric = false;
        }
        let word = column.words.get(text);
        if (word === undefined) {
          word = column.words.size;
          column.words.set(text, word);
        }
        column.values.push(word);
      }
    },
    numbers(file) {
      for (const { name, numeric, words, own } of read) {
        if (!numeric && own === undefined && words.size > MOST_WORDS)
          throw new TendrilError(
            'bad-line',
            `${file}: the column ${name} holds ${words.size} different words; accepted as a feature: numbers, or at most ${MOST_WORDS} words (name the features to use with --features)`,
          );
      }
      const sizeOf = ({ numeric, words, own }: (typeof read)[number]): number =>
        numeric ? 1 : (own ?? words.size);
      const width = read.reduce((sum, column) => sum + sizeOf(column), 0);
      const n = read[0]?.values.length ?? 0;
      const features = new Float64Array(n * width);
      let from = 0;
      for (const column of read) {
        const { numeric, words, values } = column;
        const size = sizeOf(column);
        const numbers = numeric ? [...words.keys()].map(Number) : [];
        for (let i = 0; i < n; i++) {
          if (numeric) features[i * width + from] = numbers[values[i]!]!;
          else if (values[i]! < size) features[i * width + from + values[i]!] = 1;
        }
        from += size;
      }
      return {
        features,
        width,
        columns: read.map((column) => ({
          name: column.name,
          ...(!column.numeric && { words: [...column.words.keys()].slice(0, sizeOf(column)) }),
        })),
      };
    },
  };
}
