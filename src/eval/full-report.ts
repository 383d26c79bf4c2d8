import { agentNamed } from '../agent/index.ts';
import { type Event, textOf } from '../core/index.ts';
import { openModel, readShop, restoreModel, type ShopData } from '../learn/index.ts';
import type { Log } from '../log/index.ts';
import { type Engine, sentiment } from '../math/index.ts';
import { type Manifest, type Registry, trainedAnew } from '../registry/index.ts';
import { encodeState } from '../state/index.ts';
import { evaluateSequences } from './evaluate-sequences.ts';
import { leaveOneOut } from './leave-one-out.ts';
import { paidPrices } from './paid-prices.ts';
import { placeFigures } from './place-figures.ts';
import type { Report, SentimentFigures, SimulatedShop } from './report.ts';
import { type AgentFigures, fairnessTable, resultTable, robustnessTable } from './result-tables.ts';
import { sampleLists } from './sample-lists.ts';
import { segmentCounts } from './segment-counts.ts';
import { type ReviewText, sentimentFigures } from './sentiment-figures.ts';
import type { Simulation } from './simulate.ts';
import { simulationFigures } from './simulation-figures.ts';
import { winnerOf } from './winner-of.ts';

export interface FullReportOptions {
  readonly name: string;
  readonly notes: readonly string[];
  readonly registry: Registry;
  readonly engine: () => Promise<Engine>;
  /** Judged on the shop's own interactions. */
  readonly agents: readonly string[];
  /**
   * An experiment in a simulated shop and what to say of it; missing leaves its pictures out. `prices` are those of the
   * shop's items, NaN where unknown; `from` is the moment at which the simulated year begins.
   */
  readonly simulate?: (shop: ShopData, prices: Float64Array, from: number) => Promise<Experiment>;
  /** Texts for a shop that has no reviews of its own. */
  readonly reviews?: { readonly source: string; readonly texts: Iterable<ReviewText> };
  readonly seed: number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly progress?: (stage: string, done: number, total: number) => void;
}

/** Agents that learned in a simulated shop. */
export interface Experiment {
  /** What was done, in one sentence or two. */
  readonly caption: string;
  /** Products in a slate. */
  readonly slate: number;
  readonly simulation: Simulation;
  /** What its shoppers did. */
  readonly shop: SimulatedShop;
}

const k = 10;

/**
 * Everything a report can show of a shop: agents judged on its interactions, exposure and fairness, what shoppers
 * write, what some of them would be shown now, and what agents learn in a simulated shop. Reads the log, writes nothing.
 * Throws `no-data` where the log holds no interactions.
 */
export async function fullReport(log: Log, options: FullReportOptions): Promise<Report> {
  const { registry, seed, now, progress = () => {} } = options;
  // A simulated shop takes about as long as all the judging.
  const judging = options.agents.length + 3;
  const stages = judging + (options.simulate ? options.agents.length : 0);
  const shop = await readShop(log);
  const split = leaveOneOut(shop.sequences, { repeats: shop.validation.repeats });
  const judged: AgentFigures[] = [];
  for (const [i, agent] of options.agents.entries()) {
    progress(`judging ${agent}`, i, stages);
    const { figures } = await evaluateSequences(agentNamed(agent), {
      split,
      k,
      seed,
      now,
      items: shop.features,
      engine: options.engine,
      robustness: true,
    });
    judged.push({ agent, figures });
  }
  progress('reading reviews', judging - 3, stages);
  const spoken = await sentimentOf(log, options);
  progress('choosing for sample shoppers', judging - 2, stages);
  const serving = await registry.serving();
  // The report is of what serves; what else cannot be read is named by whoever lists versions.
  const stored = serving ? await registry.list(serving.agent, () => {}) : [];
  const lists = serving && (await listsOf(log, shop, serving, options));
  const { first, last } = spanOf(shop.sequences.times!);
  const segments = await segmentCounts(log, shop.shoppers, shop.context, last);
  progress('simulating', judging - 1, stages);
  const experiment =
    options.simulate && (await options.simulate(shop, await paidPrices(log, shop.catalogue), yearOf(first)));
  const robustness = robustnessTable(judged, k);
  const places = await placeFigures(log);
  progress('done', stages, stages);
  return {
    format: 1,
    title: 'Tendril: what it learned, and how well',
    createdAt: now(),
    data: {
      name: options.name,
      shoppers: shop.shoppers.length,
      items: shop.catalogue.size,
      interactions: shop.sequences.items.length,
      notes: experiment
        ? [...options.notes, 'What is marked "simulated" happened in a simulated shop only, to nobody real.']
        : options.notes,
    },
    ...(serving && { winner: winnerOf(serving, trainedAnew(serving, stored)) }),
    results: resultTable(judged, k, split.caption),
    fairness: fairnessTable(judged, k, 'The same lists: who is shown, and for whom they are good.'),
    ...(places && { places }),
    ...(robustness && { robustness }),
    ...(spoken && { sentiment: spoken }),
    ...(lists && lists.length > 0 && { lists }),
    segments,
    ...(experiment && {
      ...simulationFigures(experiment.simulation, experiment.caption, experiment.slate),
      simulatedShop: experiment.shop,
    }),
  };
}

async function listsOf(
  log: Log,
  shop: ShopData,
  serving: Manifest,
  { registry, engine }: FullReportOptions,
): Promise<Report['lists']> {
  const stored = await registry.get(serving.agent, serving.version);
  if (!stored) return undefined;
  const { agent, encoder } = await restoreModel(
    stored,
    (itemId) => shop.catalogue.item(itemId),
    agentNamed(stored.manifest.agent).needsEngine ? await engine() : undefined,
  );
  return sampleLists(log, {
    served: {
      policy: agent.policy(),
      encode: (state, at, out) => encodeState(state, at, encoder, out),
    },
    items: openModel(stored.model).items,
    agent: stored.manifest.agent,
    shoppers: 4,
    k: 6,
  });
}

function spanOf(times: Float64Array): { readonly first: number; readonly last: number } {
  let [first, last] = [Infinity, -Infinity];
  for (const time of times) {
    if (time < first) first = time;
    if (time > last) last = time;
  }
  return { first, last };
}

/** The first moment of a moment's year. */
const yearOf = (time: number): number => Date.UTC(new Date(time).getUTCFullYear(), 0, 1);

/** The shop's own reviews where it has some, else the texts it was given. */
async function sentimentOf(log: Log, { reviews }: FullReportOptions): Promise<SentimentFigures | undefined> {
  const score = (text: string): number => sentiment(text).compound;
  const own = await sentimentFigures(reviewsOf(log), score, {
    source: "this shop's reviews",
    simulated: false,
  });
  if (own || !reviews) return own;
  return sentimentFigures(reviews.texts, score, { source: reviews.source, simulated: false });
}

async function* reviewsOf(log: Log): AsyncIterable<ReviewText> {
  for await (const event of log.readByTime()) {
    if (event.eventType === 'review')
      yield { text: textOf(event), timestamp: event.timestamp, ...starsOf(event) };
  }
}

const starsOf = ({ eventValue }: Event): { readonly stars?: number } =>
  eventValue === undefined ? {} : { stars: eventValue };
