import { actionSize, type SettingsOf, TendrilError, type TransitionBatch } from '../core/index.ts';
import type { AgentContext, AgentDefinition, TransitionAgent } from './agent.ts';
import { arrayOf, readModel, type SavedModel, writeModel } from './saved-model.ts';
import { itemsOf, scoredPolicy } from './scored-policy.ts';
import { type KeyItems, tableKey } from './table-key.ts';

const settings = {
  learningRate: { type: 'number', default: 0.1, min: 0, max: 1, doc: 'step of the first update of an entry' },
  learningRateDecay: {
    type: 'number',
    default: 0,
    min: 0,
    doc: 'step after v visits: learningRate / (1 + learningRateDecay x v); 0 keeps it constant, as printed',
  },
  exploration: {
    type: 'choice',
    default: 'epsilon-greedy',
    choices: ['uniform', 'epsilon-greedy'],
    doc: 'while learning: any allowed choice alike (as printed), or the best one but for a share epsilon',
  },
  epsilon: { type: 'number', default: 0.1, min: 0, max: 1, doc: 'share of random choices of epsilon-greedy' },
  key: {
    type: 'text',
    default: '',
    doc: 'what makes a state, e.g. "history.items:1,shopper.age:6,shopper.gender,item.category,item.brand:8"; empty: the last item in a shop, else the whole observation',
  },
  bins: {
    type: 'number',
    default: 4,
    min: 1,
    max: 1000,
    integer: true,
    doc: 'pieces a number of the key is cut into where the key does not say',
  },
} as const;

/** Entries a table may have: 12 bytes each. */
const mostEntries = 50_000_000;

/**
 * Q-learning (Watkins 1989; Watkins & Dayan 1992): a table of the discounted reward to come from each state and action,
 * all 0 at first, and after each step
 *
 *   Q(s, a) <- Q(s, a) + rate x (r + discount x max Q(s', .) - Q(s, a))
 *
 * with nothing added where the episode terminated. Of single choices the maximum is over those allowed in s', where the world or
 * the log says so. The discount is the batch's. Off-policy: it learns the best policy's
 * values whatever behaviour made the steps. States are keys (table-key.ts); rows appear when first visited. What a key
 * knows of the items is saved with the table: a catalogue that has changed since does not change what a state means.
 *
 * Of a slate every item shown is an action taken: the one the shopper answered to gets the reward, the others 0; where
 * the batch does not say which, each gets the reward. The answer to a shopper is the list of the best k of the row.
 */
export const qLearning: AgentDefinition<typeof settings> = {
  name: 'q-learning',
  summary: 'a table of values, one row a state: exact where states are few',
  consumes: 'transitions',
  settings,
  create: async (context, values) => build(context, values),
  async restore(context, values, saved) {
    const model = readModel('q-learning', saved);
    const choices = itemsOf(context.action);
    const keys = arrayOf(model, 'keys', 'f64');
    if (model.values.key !== values.key || model.values.bins !== values.bins)
      throw new TendrilError(
        'bad-model',
        'the saved table of "q-learning" was made with another key or other bins',
      );
    const { observation, action, rng } = context;
    const items = knownItems(model);
    return build({ observation, action, rng, ...(items && { items }) }, values, {
      rows: new Map([...keys].map((key, row) => [key, row])),
      q: arrayOf(model, 'q', 'f64', keys.length * choices),
      visits: arrayOf(model, 'visits', 'u32', keys.length * choices),
    });
  },
};

type Context = Omit<AgentContext, 'items'> & { readonly items?: KeyItems };

interface Table {
  /** Row of each state met. */
  readonly rows: Map<number, number>;
  /** Rows x choices, with room to grow. */
  q: Float64Array;
  /** Updates of each entry. */
  visits: Uint32Array;
}

function build(
  { observation, action, items }: Context,
  { learningRate, learningRateDecay, exploration, epsilon, key: words, bins }: SettingsOf<typeof settings>,
  table: Table = { rows: new Map(), q: new Float64Array(0), visits: new Uint32Array(0) },
): TransitionAgent {
  const choices = itemsOf(action);
  const slots = actionSize(action);
  const key = tableKey(observation, words, bins, items);
  const ofItems = words.includes('item.');
  const { rows } = table;

  /** Where the row of a state begins, made if new. */
  function rowOf(observations: Float32Array, at: number): number {
    const state = key.of(observations, at);
    const known = rows.get(state);
    if (known !== undefined) return known * choices;
    const row = rows.size;
    if ((row + 1) * choices > table.q.length) grow(table, choices, key.states);
    rows.set(state, row);
    return row * choices;
  }

  function update(entry: number, target: number): number {
    const { q, visits } = table;
    const error = target - q[entry]!;
    q[entry]! += (learningRate / (1 + learningRateDecay * visits[entry]!)) * error;
    visits[entry]!++;
    return error;
  }

  function learn(batch: TransitionBatch): Record<string, number> {
    let [updates, errors, values, going] = [0, 0, 0, 0];
    for (let i = 0; i < batch.n; i++) {
      const row = rowOf(batch.observations, i * observation.size);
      let future = 0;
      if (batch.discounts[i]! > 0) {
        const next = rowOf(batch.nextObservations, i * observation.size);
        const { q } = table;
        const mask = action.kind === 'choice' ? batch.nextMasks : undefined;
        let best = -Infinity;
        for (let c = 0; c < choices; c++)
          if (q[next + c]! > best && mask?.[i * choices + c] !== 0) best = q[next + c]!;
        if (best === -Infinity) best = 0;
        future = batch.discounts[i]! * best;
        values += best;
        going++;
      }
      const chosen = batch.chosen?.[i];
      for (let slot = 0; slot < slots; slot++) {
        const item = batch.actions[i * slots + slot]!;
        if (item < 0) continue;
        const reward = chosen === undefined || chosen === slot ? batch.rewards[i]! : 0;
        errors += Math.abs(update(row + item, reward + future));
        updates++;
      }
    }
    return {
      updates,
      states: rows.size,
      tdError: updates > 0 ? errors / updates : 0,
      meanMaxQ: going > 0 ? values / going : 0,
    };
  }

  return {
    name: 'q-learning',
    consumes: 'transitions',
    learn: async (batch) => learn(batch),
    policy: () =>
      scoredPolicy(observation, action, exploration === 'uniform' ? 1 : epsilon, (observations, at, out) => {
        const row = rows.get(key.of(observations, at));
        if (row === undefined) out.fill(0);
        else out.set(table.q.subarray(row * choices, (row + 1) * choices));
      }),
    save: async () =>
      writeModel('q-learning', {
        values: {
          key: words,
          bins,
          ...(ofItems && { categoryCount: items!.categoryCount, brandCount: items!.brandCount }),
        },
        arrays: {
          ...(ofItems && { categories: items!.categories, brands: items!.brands, prices: items!.prices }),
          keys: Float64Array.from(rows.keys()),
          q: table.q.slice(0, rows.size * choices),
          visits: table.visits.slice(0, rows.size * choices),
        },
      }),
  };
}

/** The items as they were when the table was made; undefined where its key says nothing of them. */
function knownItems(model: SavedModel): KeyItems | undefined {
  const { categoryCount, brandCount } = model.values;
  if (categoryCount === undefined || brandCount === undefined) return undefined;
  const categories = arrayOf(model, 'categories', 'i32');
  return {
    categories,
    categoryCount: Number(categoryCount),
    brands: arrayOf(model, 'brands', 'i32', categories.length),
    brandCount: Number(brandCount),
    prices: arrayOf(model, 'prices', 'f32', categories.length),
  };
}

/** Room for twice the rows. */
function grow(table: Table, choices: number, states: number): void {
  const rows = Math.min(Math.max(2 * table.rows.size, 16), states, Math.floor(mostEntries / choices));
  if (rows <= table.rows.size) {
    throw new TendrilError(
      'bad-setting',
      `the table of "q-learning" would pass ${mostEntries} entries: ${table.rows.size} states x ${choices} actions; give a coarser "key" or fewer "bins"`,
    );
  }
  const [q, visits] = [new Float64Array(rows * choices), new Uint32Array(rows * choices)];
  q.set(table.q);
  visits.set(table.visits);
  table.q = q;
  table.visits = visits;
}
