import { contentHash, type Event, eventTypeCode, eventTypes, linesOf, shopperOf } from '../core/index.ts';
import type { ServedPolicy } from '../decide/index.ts';
import { reasonsFor } from '../explain/index.ts';
import { catalogueOfLog, foldContextOf } from '../learn/index.ts';
import type { Log } from '../log/index.ts';
import { bestOf } from '../measure/index.ts';
import { evidence, foldAll } from '../state/index.ts';
import type { SampleList } from './report.ts';

export interface SampleListsOptions {
  readonly served: ServedPolicy;
  /** The items the policy chooses among, in its numbers. */
  readonly items: readonly string[];
  readonly agent: string;
  readonly shoppers: number;
  /** Entries of a list, and of the history beside it. */
  readonly k: number;
}

/**
 * What a policy would show some shoppers now, without exploration, with what they did so far and with reasons that
 * were counted. The shoppers are those with three to thirty interactions whose hashes come first: always the same
 * ones, chosen by nobody, called by numbers and not by their ids. Writes nothing to the log.
 */
export async function sampleLists(log: Log, options: SampleListsOptions): Promise<SampleList[]> {
  const { served, items, agent, shoppers: wanted, k } = options;
  const { catalogue } = await catalogueOfLog(log);
  const counted = evidence();
  const interactions = new Map<string, number>();
  let now = 0;
  for await (const event of log.readByTime()) {
    now = Math.max(now, event.timestamp);
    const shopper = shopperOf(event);
    if (shopper === undefined || !showsInterest(event)) continue;
    for (const { itemId } of linesOf(event)) {
      counted.add(shopper, catalogue.indexOf(itemId)!, event.timestamp);
      interactions.set(shopper, (interactions.get(shopper) ?? 0) + 1);
    }
  }
  const chosen = [...interactions]
    .filter(([, count]) => count >= 3 && count <= 30)
    .map(([shopper]) => ({ shopper, key: contentHash(shopper) }))
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .slice(0, wanted);
  const context = foldContextOf(catalogue);
  const title = (itemId: string): string => catalogue.item(itemId)?.title ?? itemId;
  const lists: SampleList[] = [];
  for (const { shopper } of chosen) {
    const events: Event[] = [];
    for await (const event of log.readShopper(shopper)) events.push(event);
    const state = foldAll(shopper, events, context);
    const observation = new Float32Array(served.policy.observation.size);
    served.encode(state, Math.max(now, state.asOf), observation);
    const scores = await served.policy.evaluate(observation, 1);
    items.forEach((itemId, i) => {
      if (catalogue.item(itemId)?.stock === 0) scores.values[i] = -Infinity;
    });
    const best = new Int32Array(k);
    bestOf(scores.values, 0, scores.choices, k, best, 0);
    lists.push({
      shopper: `Shopper ${lists.length + 1}`,
      segment: state.segment,
      history: state.tokens
        .filter((token) => token.item !== '')
        .slice(-k)
        .reverse()
        .map((token) => title(token.item)),
      items: Array.from(
        best.filter((item) => item >= 0),
        (item) => ({
          title: title(items[item]!),
          reason:
            reasonsFor(catalogue.indexOf(items[item]!)!, false, {
              tokens: state.tokens,
              evidence: counted,
              now,
              agent,
              indexOf: (itemId) => catalogue.indexOf(itemId),
              item: (index) => catalogue.items[index],
            })[0] ?? '',
        }),
      ),
    });
  }
  return lists;
}

const showsInterest = (event: Event): boolean => eventTypes[eventTypeCode(event.eventType)]!.interest > 0;
