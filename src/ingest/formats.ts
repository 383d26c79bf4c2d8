import { amazon } from './amazon.ts';
import { catalogueFormat } from './catalogue.ts';
import { completeJourney } from './complete-journey.ts';
import { csv } from './csv.ts';
import type { Format } from './ingest.ts';
import { jsonl } from './jsonl.ts';
import { movielens } from './movielens.ts';
import { otto } from './otto.ts';
import { retailrocket } from './retailrocket.ts';
import { taobao } from './taobao.ts';

/** Every format there is, in the order of `tendril import --help`. */
export const formats: readonly Format[] = [
  csv,
  jsonl,
  catalogueFormat,
  amazon,
  movielens,
  retailrocket,
  otto,
  completeJourney,
  taobao,
];

export const formatNamed = (name: string): Format | undefined =>
  formats.find((format) => format.name === name);
