import {
  edgeKinds,
  historyPlace,
  type ItemGraph,
  readHistory,
  type SettingsOf,
  TendrilError,
} from '../core/index.ts';
import { addCounts } from './add-counts.ts';
import type { AgentContext, AgentDefinition, SequenceAgent } from './agent.ts';
import { growCounts } from './grow-counts.ts';
import { chooseProfileDecay, profileDecaySetting, profileDecays } from './profile-decay.ts';
import { arrayOf, readModel, writeModel } from './saved-model.ts';
import { epsilonSetting, itemsOf, scoredPolicy } from './scored-policy.ts';
import { addRowTo, type SparseRows, sparseRows } from './sparse-rows.ts';

/**
 * What the catalogue's co-purchase graph joins to what the shopper took (the `related` lists that Amazon's metadata and
 * edge lists bring; Linden, Smith & York 2003 for how such lists are made).
 *
 *   near(i, j) = sum over the kinds of edge between i and j of the kind's weight
 *   score(j)   = sum over the history of profileDecay^age x near(i, j) + 1e-9 x popularity(j)
 *
 * Nothing of the graph is learned or saved: it is the catalogue's, as it stands when the model is opened.
 */
const weight = (of: number, kind: string) =>
  ({ type: 'number', default: of, min: 0, max: 1000, doc: `weight of an edge "${kind}"` }) as const;
const settings = {
  boughtTogether: weight(1, 'bought together'),
  alsoBought: weight(0.5, 'also bought'),
  alsoViewed: weight(0.25, 'also viewed'),
  profileDecay: profileDecaySetting,
  epsilon: epsilonSetting,
} as const;
type Values = SettingsOf<typeof settings>;

interface Learned {
  counts: Float64Array;
  profileDecay: number;
}

export const related: AgentDefinition<typeof settings> = {
  name: 'related',
  summary: "what the catalogue's co-purchase graph joins to what the shopper took",
  consumes: 'sequences',
  settings,
  async create(context, values) {
    if (context.graph?.size === 0) {
      throw new TendrilError(
        'bad-setting',
        'related needs a co-purchase graph and no item of the catalogue names another: import one with related lists',
      );
    }
    return build(context, values, {
      counts: new Float64Array(itemsOf(context.action)),
      profileDecay: values.profileDecay || profileDecays[0],
    });
  },
  async restore(context, values, saved) {
    const model = readModel('related', saved);
    return build(context, values, {
      counts: arrayOf(model, 'counts', 'f64', itemsOf(context.action)),
      profileDecay: Number(model.values.profileDecay),
    });
  },
  grow: growCounts({ counts: 0 }),
};

function build(
  { observation, action, graph }: AgentContext,
  values: Values,
  learned: Learned,
): SequenceAgent {
  const n = itemsOf(action);
  const place = historyPlace(observation);
  if (!place)
    throw new TendrilError('bad-setting', 'related needs an observation with the part "history.items"');
  if (!graph || graph.n !== n) {
    throw new TendrilError(
      'bad-setting',
      `related needs the co-purchase graph of all ${n} items and was given ${graph ? `one of ${graph.n}` : 'none'}: import a catalogue with related lists`,
    );
  }
  const near = nearness(graph, values);
  const history = new Int32Array(place.size);
  const score = (items: Int32Array, length: number, older: number, out: Float32Array): void => {
    for (let item = 0; item < n; item++) out[item] = 1e-9 * learned.counts[item]!;
    let weight = 1;
    for (let age = 0; age < length; age++, weight *= older) addRowTo(out, near, items[age]!, weight);
  };

  return {
    name: 'related',
    consumes: 'sequences',
    async fit(train, { validation }) {
      learned.counts.fill(0);
      addCounts(learned.counts, train);
      const chosen = chooseProfileDecay(values.profileDecay, validation, place.size, score);
      learned.profileDecay = chosen.profileDecay;
      return { interactions: train.items.length, edges: graph.size, ...chosen };
    },
    async learn(more, newFrom) {
      addCounts(learned.counts, more, newFrom);
      return { interactions: more.items.length };
    },
    save: async () =>
      writeModel('related', {
        values: { profileDecay: learned.profileDecay },
        arrays: { counts: learned.counts },
      }),
    policy: () =>
      scoredPolicy(observation, action, values.epsilon, (observations, at, out) =>
        score(history, readHistory(place, observations, at, history), learned.profileDecay, out),
      ),
  };
}

const nearness = ({ n, kinds }: ItemGraph, values: Values): SparseRows =>
  sparseRows(n, (item, add) => {
    for (const kind of edgeKinds) {
      const { offsets, items } = kinds[kind];
      if (values[kind] === 0) continue;
      for (let e = offsets[item]!; e < offsets[item + 1]!; e++) add(items[e]!, values[kind]);
    }
  });
