/**
 * The second of a decision's two stages begins here: from what the policy thinks of the catalogue, under the request's rules,
 * to the items that a slate is drawn from. Pinned items first, then the best by score, then what the other sources name.
 */
import { bestItems } from './best-items.ts';
import { type CandidateSource, namedBySources } from './candidate-sources.ts';
import type { DecisionInput } from './decision-input.ts';
import type { Support } from './draw-slate.ts';
import { newItemInteractions } from './exploration.ts';
import { alikenessAmong, boostsOf } from './rules.ts';

/** Logged with each decision: another number whenever supports are put together otherwise. 1 had no sources but `best` and `new`; in 2 `related` was not shared out in turn, up to 3 the oldest of what is hardly known came first. */
export const supportVersion = 4;
/** Items that can be drawn: the best by score, and beside them new ones that no score knows yet. */
const supportSize = 500;
const newItems = 50;
/** How much likelier than the rest chance shows what a source names. */
const namedWeight = 5;

export interface SourcedSupport extends Support {
  /** All sources of a place. */
  sourcesOf(place: number): readonly CandidateSource[];
}

/** What the policy said of the items that are allowed. */
interface Judged {
  /** Best first, ties to the lowest number, and their scores. */
  readonly best: Int32Array;
  readonly scores: Float32Array;
  /** The score of a pinned item, or of one that a source names, if it has one. */
  scoreOf(item: number): number | undefined;
  /** False of items the policy was not trained on, which have no lower number than `unknownFrom`. */
  known(item: number): boolean;
  readonly unknownFrom: number;
}

/**
 * Items the policy was not trained on have the lowest score, unless the request lifts them: then they compete with what it adds to
 * that. Of `allowed` nothing is left that could be read.
 */
export async function supportOf(input: DecisionInput, allowed: Uint8Array): Promise<SourcedSupport> {
  const { request, items, indexOf, exploration, counts } = input;
  const pinned = [...new Set(request.pin?.map(indexOf))].filter(
    (i): i is number => i !== undefined && allowed[i] === 1,
  );
  const named = namedBySources(input, allowed);
  const asked = new Set(named.flatMap(([, those]) => those));
  const judged = await judge(input, allowed, pinned, asked);
  const { best } = judged;
  const anyKnown = best.some(judged.known);
  const lowest = anyKnown ? judged.scores[best.length - 1]! : 0;
  const isNew = (i: number): boolean => counts.interactions(i) < newItemInteractions;
  for (const item of pinned) allowed[item] = 0;
  for (const item of best) allowed[item] = 0;
  const ranked = pinned.length + best.length;
  const beside = [...asked].filter((item) => allowed[item]);
  for (const item of beside) allowed[item] = 0;
  const fresh = freshItems(allowed, judged, isNew, anyKnown ? newItems : supportSize);
  const size = ranked + beside.length + fresh.length;
  const chosen = new Int32Array(size);
  const scores = new Float32Array(size).fill(lowest);
  chosen.set(pinned);
  chosen.set(best, pinned.length);
  chosen.set(beside, ranked);
  chosen.set(fresh, ranked + beside.length);
  scores.set(judged.scores, pinned.length);
  for (const [at, those] of [[0, pinned] as const, [ranked, beside] as const])
    those.forEach((item, i) => {
      scores[at + i] = judged.scoreOf(item) ?? lowest;
    });
  const weights = new Float32Array(size);
  for (let place = 0; place < size; place++) {
    const weight = isNew(chosen[place]!) ? exploration.newItemWeight : 1;
    weights[place] = asked.has(chosen[place]!) ? Math.max(namedWeight, weight) : weight;
  }
  const { diversity = 0 } = request;
  return {
    items: chosen,
    scores,
    weights,
    pinned: pinned.length,
    ranked,
    sourcesOf: (place) => [
      ...(place < pinned.length ? (['pin'] as const) : place < ranked ? (['best'] as const) : []),
      ...named.filter(([, those]) => those.includes(chosen[place]!)).map(([source]) => source),
      ...(place >= ranked + beside.length ? (['new'] as const) : []),
    ],
    ...(diversity > 0 && {
      diversity: { share: diversity, alike: alikenessAmong(Array.from(chosen, (i) => items[i]!)) },
    }),
  };
}

/** The policy is asked for its best alone where it can tell them and the request needs no other scores; else for all. */
async function judge(
  { policy, observation, request, items, indexOf }: DecisionInput,
  allowed: Uint8Array,
  pinned: readonly number[],
  asked: ReadonlySet<number>,
): Promise<Judged> {
  const { action } = policy;
  const { boost } = request;
  if (policy.best && !boost && pinned.length === 0 && (action.kind === 'choice' || action.kind === 'slate')) {
    const { n } = action;
    let mask = allowed.subarray(0, n);
    if (mask.length < n) {
      mask = new Uint8Array(n);
      mask.set(allowed);
    }
    const known = (item: number): boolean => item < n;
    const also = Int32Array.from([...asked].filter(known));
    const { items: best, scores, also: its } = await policy.best(observation, supportSize, mask, also);
    return { best, scores, scoreOf: (item) => its[also.indexOf(item)], known, unknownFrom: n };
  }
  const { values: all, choices } = await policy.evaluate(observation, 1);
  const given = all.subarray(0, choices);
  const values = boost ? boosted(given, allowed, boostsOf(items, indexOf, boost)) : given;
  for (const item of pinned) allowed[item] = 0;
  const best = Int32Array.from(bestItems(values, allowed, supportSize));
  return {
    best,
    scores: Float32Array.from(best, (item) => values[item]!),
    scoreOf: (item) => (has(values, item) ? values[item] : undefined),
    known: (item) => has(given, item),
    unknownFrom: 0,
  };
}

const has = (values: Float32Array, item: number): boolean =>
  item < values.length && Number.isFinite(values[item]);

/**
 * Scores with what the request adds, in shares of the distance from the worst to the best that is allowed. What the policy does not
 * know and the request lifts counts as the worst before that.
 */
function boosted(values: Float32Array, allowed: Uint8Array, boosts: Float32Array): Float32Array {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < values.length; i++) {
    if (!allowed[i] || !Number.isFinite(values[i])) continue;
    low = Math.min(low, values[i]!);
    high = Math.max(high, values[i]!);
  }
  if (low > high) low = high = 0;
  const range = high > low ? high - low : 1;
  return boosts.map((boost, i) => {
    const before = has(values, i) ? values[i]! : boost > 0 ? low : Number.NaN;
    return before + range * boost;
  });
}

/** The newest that the policy does not know, by number; beside them, the newest first too, the least seen of what it knows but ranks low. */
function freshItems(
  allowed: Uint8Array,
  { known, unknownFrom }: Judged,
  isNew: (item: number) => boolean,
  room: number,
): number[] {
  const fresh: number[] = [];
  for (let i = allowed.length - 1; i >= unknownFrom && fresh.length < room; i--)
    if (allowed[i] && !known(i)) fresh.push(i);
  for (let i = allowed.length - 1; i >= 0 && fresh.length < room; i--)
    if (isNew(i) && allowed[i] && known(i)) fresh.push(i);
  return fresh;
}
