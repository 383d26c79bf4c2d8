import type { Sequences } from '../core/index.ts';
import type { AgentContext, AgentDefinition, FitOptions, SequenceAgent } from './agent.ts';
import { growCounts } from './grow-counts.ts';
import { pickOnValidation } from './pick-on-validation.ts';
import { arrayOf, readModel, writeModel } from './saved-model.ts';
import { epsilonSetting, itemsOf, scoredPolicy } from './scored-policy.ts';

/**
 * What is interacted with most of late: an interaction loses half of its weight with every half-life.
 *
 * Age is counted in days before the newest interaction where the times are known. Where they are not, it is the number
 * of interactions the same shopper had since: without times nothing can be said about the order between shoppers.
 * Sums are kept as of the newest time seen, so a later interaction makes all the older ones lighter at once.
 */
const settings = {
  halfLifeDays: {
    type: 'number',
    default: 0,
    min: 0,
    max: 36500,
    doc: 'half-life where times are known; 0 picks 1, 7, 30, 90, 365 or 1,000 days on validation (30 where there is none)',
  },
  halfLifeInteractions: {
    type: 'number',
    default: 0,
    min: 0,
    max: 1e9,
    doc: 'half-life where times are not known; 0 picks 1, 3, 10, 30 or 100 on validation (10 where there is none)',
  },
  epsilon: epsilonSetting,
} as const;

type Values = {
  readonly halfLifeDays: number;
  readonly halfLifeInteractions: number;
  readonly epsilon: number;
};

const dayInMs = 86_400_000;
const grids = { days: [30, 1, 7, 90, 365, 1000], interactions: [10, 1, 3, 30, 100] };

interface Learned {
  /** Each interaction with its weight as of `now`. */
  sums: Float64Array;
  /** Time of the newest interaction, 0 where times are not known. */
  now: number;
  halfLife: number;
}

export const recentPopularity: AgentDefinition<typeof settings> = {
  name: 'recent-popularity',
  summary: 'what is interacted with most of late, the same for everybody',
  consumes: 'sequences',
  settings,
  create: async (context, values) =>
    build(context, values, {
      sums: new Float64Array(itemsOf(context.action)),
      now: 0,
      halfLife: 0,
    }),
  async restore(context, values, saved) {
    const model = readModel('recent-popularity', saved);
    return build(context, values, {
      sums: arrayOf(model, 'sums', 'f64', itemsOf(context.action)),
      now: Number(model.values.now),
      halfLife: Number(model.values.halfLife),
    });
  },
  grow: growCounts({ sums: 0 }),
};

function build({ observation, action }: AgentContext, values: Values, learned: Learned): SequenceAgent {
  const stated = (timed: boolean): number => (timed ? values.halfLifeDays : values.halfLifeInteractions);
  const gridOf = (timed: boolean): readonly number[] => (timed ? grids.days : grids.interactions);

  const pick = (train: Sequences, { validation }: FitOptions): number => {
    const timed = train.times !== undefined;
    if (stated(timed)) return stated(timed);
    if (!validation) return gridOf(timed)[0]!;
    const candidates = gridOf(timed).map((halfLife) => {
      const fresh = { sums: new Float64Array(train.itemCount), now: 0, halfLife };
      add(fresh, train);
      return fresh;
    });
    const { best } = pickOnValidation(validation, 0, candidates, (_history, _length, { sums }, out) =>
      out.set(sums),
    );
    return best.halfLife;
  };

  return {
    name: 'recent-popularity',
    consumes: 'sequences',
    async fit(train, options) {
      learned.sums.fill(0);
      learned.now = 0;
      learned.halfLife = pick(train, options);
      add(learned, train);
      return {
        interactions: train.items.length,
        [train.times ? 'halfLifeDays' : 'halfLifeInteractions']: learned.halfLife,
      };
    },
    async learn(more, newFrom) {
      if (!learned.halfLife) learned.halfLife = pick(more, {});
      add(learned, more, newFrom);
      return { interactions: more.items.length };
    },
    save: async () =>
      writeModel('recent-popularity', {
        values: { now: learned.now, halfLife: learned.halfLife },
        arrays: { sums: learned.sums },
      }),
    policy: () =>
      scoredPolicy(observation, action, values.epsilon, (_observations, _at, out) => out.set(learned.sums)),
  };
}

function add(learned: Learned, { n, offsets, items, times }: Sequences, newFrom?: Int32Array): void {
  const { sums, halfLife } = learned;
  if (times) {
    const newest = times.reduce((latest, time) => Math.max(latest, time), learned.now);
    if (learned.now > 0) {
      const fade = 0.5 ** ((newest - learned.now) / dayInMs / halfLife);
      for (let i = 0; i < sums.length; i++) sums[i]! *= fade;
    }
    learned.now = newest;
  }
  for (let u = 0; u < n; u++) {
    const end = offsets[u + 1]!;
    const fresh = offsets[u]! + (newFrom?.[u] ?? 0);
    for (let p = offsets[u]!; p < end; p++) {
      if (times) {
        if (p >= fresh) sums[items[p]!]! += 0.5 ** ((learned.now - times[p]!) / dayInMs / halfLife);
      } else {
        // What was counted before has become older by the new interactions.
        const before = p < fresh ? 0.5 ** ((fresh - 1 - p) / halfLife) : 0;
        sums[items[p]!]! += 0.5 ** ((end - 1 - p) / halfLife) - before;
      }
    }
  }
}
