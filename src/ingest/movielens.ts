import { contentHash, type Item, type Json, TendrilError } from '../core/index.ts';
import { csvRows } from './csv-row.ts';
import { eventOf } from './event-row.ts';
import { type FileContext, type Format, isWrong, type RowReader } from './ingest.ts';
import { earliestTime, idProblem, ratingProblem, readId, readNumber } from './values.ts';

/**
 * MovieLens in its forms, told apart by the first line:
 *
 *   RecBole       user_id:token <tab> item_id:token ...     .inter, .item, .user
 *   ml-100k       196 <tab> 242 <tab> 3 <tab> 881250949     u.data;  1|Toy Story (1995)|01-Jan-1995||url|0|0|... u.item;  1|24|M|technician|85711 u.user
 *   ml-1m, 10M    1::1193::5::978300760                     ratings.dat;  1::Toy Story (1995)::Animation|... movies.dat;  1::F::1::10::48067 users.dat
 *   ml-latest     userId,movieId,rating,timestamp           ratings.csv;  movieId,title,genres  movies.csv
 *
 * Users are `shopper_changed`, at the earliest time there is: they bear no date. Ratings go from 0.5 to 5 here: the later sets have half stars.
 */
export const movielens: Format = {
  name: 'movielens',
  summary:
    'MovieLens ratings, films and users: RecBole (.inter, .item, .user), u.data/u.item/u.user, .dat and .csv forms',
  example: 'tendril import movielens ml-100k.inter ml-100k.item ml-100k.user',
  latin1: true,
  open(file) {
    let rows: RowReader | undefined;
    return {
      line(text, number) {
        if (rows === undefined) {
          if (text.trim() === '') return;
          const form = formOf(text, file.file);
          rows = reader(form, file);
          if (form.header) return;
        }
        rows.line(text, number);
      },
      lost: (number) => rows?.lost?.(number),
      end: () => rows?.end(),
    };
  },
};

interface Form {
  readonly delimiter: string;
  /** True where the first line names the columns. */
  readonly header: boolean;
  readonly columns: readonly string[];
}

function formOf(first: string, file: string): Form {
  if (first.includes(':token') || first.includes(':float'))
    return {
      delimiter: '\t',
      header: true,
      columns: first.split('\t').map((name) => name.replace(/:.*$/, '')),
    };
  if (/^userId,movieId,rating,/.test(first) || /^movieId,title,/.test(first))
    return { delimiter: ',', header: true, columns: first.split(',') };
  const ratings = ['user_id', 'item_id', 'rating', 'timestamp'];
  if (/^\d+\t\d+\t\S+\t\d+$/.test(first)) return { delimiter: '\t', header: false, columns: ratings };
  if (/^\d+::\d+::[\d.]+::\d+$/.test(first)) return { delimiter: '::', header: false, columns: ratings };
  if (/^\d+::[MF]::\d+::\d+::/.test(first))
    return {
      delimiter: '::',
      header: false,
      columns: ['user_id', 'gender', 'coded_age', 'occupation', 'zip'],
    };
  if (/^\d+\|\d+\|[MF]\|[^|]*\|[^|]*$/.test(first))
    return { delimiter: '|', header: false, columns: ['user_id', 'age', 'gender', 'occupation', 'zip'] };
  if (/^\d+::(?:(?!::).)+::(?:(?!::).)+$/.test(first))
    return { delimiter: '::', header: false, columns: ['item_id', 'title', 'genres'] };
  if (/^\d+\|.*\|.*\|.*\|.*\|[01]\|/.test(first))
    return { delimiter: '|', header: false, columns: ['item_id', 'title'] };
  throw new TendrilError(
    'missing-column',
    `${file}, line 1: no form of MovieLens begins with ${JSON.stringify(first.slice(0, 60))}; accepted: RecBole's typed header, u.data, u.item, u.user, ratings.dat, movies.dat, users.dat, ratings.csv, movies.csv`,
  );
}

const genres =
  'unknown|Action|Adventure|Animation|Children|Comedy|Crime|Documentary|Drama|Fantasy|Film-Noir|Horror|Musical|Mystery|Romance|Sci-Fi|Thriller|War|Western'.split(
    '|',
  );

/** What the codes of users.dat stand for. */
const ages = new Map([
  ['1', '0-17'],
  ['18', '18-24'],
  ['25', '25-34'],
  ['35', '35-44'],
  ['45', '45-49'],
  ['50', '50-55'],
  ['56', '56+'],
]);

function reader(form: Form, { now, out }: FileContext): RowReader {
  const at = (...names: string[]): number => form.columns.findIndex((column) => names.includes(column));
  const user = at('user_id', 'userId');
  const item = at('item_id', 'movieId');
  const rating = at('rating');
  const time = at('timestamp');
  const title = at('movie_title', 'title');
  const classes = at('class', 'genres');
  const year = at('release_year');
  // u.data and .dat files know no quotes; a title there may hold one.
  const quoted = form.delimiter === ',';
  const row = (cells: readonly string[], text: string, line: number): void => {
    if (user >= 0 && item < 0) {
      describe(cells, text, line);
      return;
    }
    if (user >= 0) {
      const stars = readNumber(cells[rating]);
      const bad = ratingProblem(stars, cells[rating], 0.5);
      if (bad !== undefined) {
        out.reject({ line, field: 'rating', reason: bad, text });
        return;
      }
      const event = eventOf(
        { userId: cells[user], itemId: cells[item], timestamp: cells[time] },
        now,
        out,
        'view',
      );
      if (isWrong(event)) {
        out.reject({ line, field: event.wrong, reason: event.reason, text });
        return;
      }
      out.event({ ...event, eventType: 'rating', eventValue: stars }, contentHash(text));
      return;
    }
    const itemId = cells[item]?.trim();
    if (!itemId) {
      out.reject({ line, field: 'item_id', reason: 'it is missing', text });
      return;
    }
    const named = cells[title]?.trim();
    const split = form.delimiter === '\t' ? ' ' : '|';
    const kinds =
      classes >= 0
        ? (cells[classes] ?? '').split(split).filter((kind) => kind !== '' && kind !== '(no genres listed)')
        : genres.filter((_, i) => cells[5 + i] === '1');
    const released = year >= 0 ? cells[year] : undefined;
    const found: Item = {
      itemId,
      ...(named && { title: released ? `${named} (${released})` : named }),
      ...(kinds.length > 0 && { categories: kinds }),
    };
    if (!named) out.imputed('title left out: missing');
    out.item(found);
  };
  const describe = (cells: readonly string[], text: string, line: number): void => {
    const userId = readId(cells[user]);
    const long = userId === undefined ? 'it is missing' : idProblem(userId);
    if (long !== undefined) {
      out.reject({ line, field: 'user_id', reason: long, text });
      return;
    }
    const shopper: Record<string, Json> = {};
    form.columns.forEach((column, i) => {
      const value = readId(cells[i]);
      if (i === user) return;
      if (value === undefined) out.imputed(`${column} left out: missing`);
      else if (column === 'coded_age') shopper.age = ages.get(value) ?? value;
      else shopper[column] = value;
    });
    out.event(
      { eventType: 'shopper_changed', userId: userId!, timestamp: earliestTime, properties: { shopper } },
      contentHash(text),
    );
  };
  const bad = (reason: string, text: string, line: number): void =>
    out.reject({ line, field: 'row', reason, text });
  const whole = (cells: string[], text: string, line: number): undefined => {
    if (cells.length < form.columns.length)
      bad(`it has ${cells.length} fields; accepted: ${form.columns.length}`, text, line);
    else row(cells, text, line);
  };
  if (quoted) return csvRows(() => form.delimiter, whole, bad);
  return {
    line(text, line) {
      if (text !== '') whole(text.split(form.delimiter), text, line);
    },
    end() {},
  };
}
