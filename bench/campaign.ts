/**
 * `node bench/campaign.ts [variant,variant...] [contender,contender...] [seed,seed...]`: net margin a shopper in eight weeks of campaign-v2: `ppo` beside
 * the bandits `lin-ucb` and `thompson`, the best fixed rule and the best rule of a marketer, rules and bandits tuned (campaign/tuning.ts)
 * with a seed that is not reported, ppo by hand (campaign/variants.ts). Every contender of a seed meets the same shoppers with the same random numbers, so
 * differences are paired. What is done is kept in bench/results/campaign.json after every seed: a run that was broken off, or is
 * run in parts, goes on from there. At the end docs/pictures/campaign-v2-margin.svg is drawn.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { drawSvg } from '../src/adapters/charts.ts';
import { openEngine } from '../src/adapters/index.ts';
import { tInterval } from '../src/measure/index.ts';
import { worldNamed } from '../src/world/index.ts';
import { marginPicture } from './campaign/margin-picture.ts';
import { actOf, fixedRule, marketerRule, play, silence } from './campaign/rules.ts';
import { agentAct, type Lesson, tuneAgent, tuneRule, tuningSeed, tuningSteps } from './campaign/tuning.ts';
import { candidates, ppoLesson, variants } from './campaign/variants.ts';
import { record, rounded } from './record.ts';

const shoppers = 2000;
const reported = [21, 22, 23, 24, 25, 26, 27, 28, 29, 30];
const contenders = ['no contact', 'fixed rule', 'marketer', 'lin-ucb', 'thompson', 'ppo'] as const;
type Contender = (typeof contenders)[number];

interface Row {
  readonly variant: string;
  readonly contender: Contender;
  readonly tuned: unknown;
  /** Net margin a shopper, by seed. */
  readonly margins: Record<string, number>;
  readonly [figure: string]: unknown;
}

const [, , variantList, contenderList, seedList] = process.argv;
const chosen = variantList ? variantList.split(',') : Object.keys(variants);
const compared = contenderList
  ? contenders.filter((name) => contenderList.split(',').includes(name))
  : contenders;
const seeds = seedList?.split(',').map(Number) ?? reported;
const engine = await openEngine();
const path = join(import.meta.dirname, 'results/campaign.json');

for (const variant of chosen) {
  const options = variants[variant as keyof typeof variants];
  if (!options)
    throw new Error(`there is no variant "${variant}"; there are: ${Object.keys(variants).join(', ')}`);
  for (const contender of compared) {
    const known = rowsSoFar().find((row) => row.variant === variant && row.contender === contender);
    const missing = seeds.filter((seed) => known?.margins[seed] === undefined);
    if (missing.length === 0) continue;
    const tuned = known?.tuned ?? (await tune(contender, options));
    for (const seed of missing) {
      const margin = await judge(contender, tuned, options, seed);
      keep(variant, contender, tuned, seed, margin);
      console.log(`${variant}, ${contender}, seed ${seed}: ${margin.toFixed(3)} dollars a shopper`);
    }
  }
}
writeFileSync(
  join(import.meta.dirname, '../docs/pictures/campaign-v2-margin.svg'),
  drawSvg(marginPicture(rowsSoFar()), 900, 420),
);

function rowsSoFar(): readonly Row[] {
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')).rows : [];
}

/** The settings that did best with the tuning seeds; ppo's are the same in all variants. */
async function tune(contender: Contender, options: object): Promise<unknown> {
  if (contender === 'no contact') return {};
  if (contender === 'ppo') return ppoLesson;
  if (contender === 'fixed rule') return tuneRule(candidates.fixed, fixedRule, options);
  if (contender === 'marketer') return tuneRule(candidates.marketer, marketerRule, options);
  return tuneAgent(contender, candidates[contender], options, engine);
}

/** What a shopper brings on average, of those of this seed. */
async function judge(contender: Contender, tuned: unknown, options: object, seed: number): Promise<number> {
  const world = worldNamed('campaign-v2').create(shoppers, { ...options });
  const { size } = world.observation;
  const act =
    contender === 'no contact'
      ? actOf(silence, size)
      : contender === 'fixed rule'
        ? actOf(fixedRule(tuned as (typeof candidates.fixed)[number]), size)
        : contender === 'marketer'
          ? actOf(marketerRule(tuned as (typeof candidates.marketer)[number]), size)
          : await agentAct(contender, tuned as Lesson, options, seed, engine);
  const { returns } = await play(world, act, 1000 + seed);
  return returns.reduce((sum, x) => sum + x, 0) / shoppers;
}

/** Adds a figure to what other runs have written by now, and the differences that follow from all. */
function keep(variant: string, contender: Contender, tuned: unknown, seed: number, margin: number): void {
  const rows = rowsSoFar().map((row) => ({ ...row }));
  const known = rows.find((r) => r.variant === variant && r.contender === contender);
  const row: Row = known ?? { variant, contender, tuned, margins: {} };
  if (!known) rows.push(row);
  row.margins[seed] = rounded(margin);
  const order = (r: Row): number =>
    Object.keys(variants).indexOf(r.variant) * contenders.length + contenders.indexOf(r.contender);
  record('campaign', {
    command: 'node bench/campaign.ts',
    data: 'none: the simulated world campaign-v2, its rates from Hillstrom (randomised) and Complete Journey (observational)',
    seeds: reported,
    notes: [
      `margin: dollars a shopper in eight weeks, mean of ${shoppers} shoppers a seed, the same for all contenders`,
      `rules and bandits tuned for each variant with seed ${tuningSeed}, at most ${tuningSteps} steps of the world each; ppo by hand, once for all variants, with about 30 million steps`,
      'ppoLess: ppo less this contender over the seeds both have, with the 95 % t-interval of the mean of paired differences',
    ],
    rows: rows.sort((a, b) => order(a) - order(b)).map((r) => withFigures(r, rows)),
  });
}

function withFigures(row: Row, rows: readonly Row[]): Row {
  const ppo = rows.find((r) => r.variant === row.variant && r.contender === 'ppo');
  const both = Object.keys(row.margins).filter((seed) => ppo?.margins[seed] !== undefined);
  const figures = (values: readonly number[]) => {
    const { mean, low, high } = tInterval(values);
    return { mean: rounded(mean), low: rounded(low), high: rounded(high), seeds: values.length };
  };
  return {
    ...row,
    margin: figures(Object.values(row.margins)),
    ...(row !== ppo &&
      both.length > 1 && { ppoLess: figures(both.map((s) => ppo!.margins[s]! - row.margins[s]!)) }),
  };
}
