import {
  historyPlace,
  type SettingsOf,
  type SettingTable,
  TendrilError,
  writeHistory,
} from '../core/index.ts';
import type { AgentContext, AgentDefinition, SequenceAgent, Validation } from './agent.ts';
import { evenly, tallyOf } from './pick-on-validation.ts';
import type { Policy } from './policy.ts';
import { arrayOf, readModel, type SavedModel, writeModel } from './saved-model.ts';
import { epsilonSetting, itemsOf, scoredPolicy } from './scored-policy.ts';

/**
 * Several agents' scores in one, by the name "a+b": each part is brought to a largest score of 1 for each shopper, and
 * the weighted sum decides. Parts see different things (what follows, what goes together), so even a fixed blend beats
 * each of them (Jahrer, Töscher & Legenstein 2010). A part whose scores fall below 0 is moved up to 0 first.
 *
 * Parts fit by themselves (and pick their own settings on validation); then the weights are picked on validation from
 * every combination of 1, .5 and .25 whose largest is 1.
 */
const own = {
  weights: {
    type: 'text',
    default: '',
    doc: 'one number for each part, separated by commas; empty picks from 1, .5 and .25 on validation (1 each where there is none)',
  },
  epsilon: epsilonSetting,
} as const;

/** A part that has nothing to say but its popularity tie-break is not blown up to a full voice. */
const floor = 1e-6;
const sampled = 5000;

/** The blend of these agents. Its settings are its own and each part's with the part's name before: `markov.window`. */
export function blendOf(parts: readonly AgentDefinition[]): AgentDefinition {
  const name = parts.map((part) => part.name).join('+');
  for (const part of parts) {
    if (part.consumes !== 'sequences') {
      throw new TendrilError(
        'unknown-agent',
        `"${part.name}" cannot be a part of "${name}": it learns from ${part.consumes}, the parts of a blend learn from sequences`,
      );
    }
  }
  const settings: SettingTable = {
    ...own,
    ...Object.fromEntries(
      parts.flatMap((part) =>
        Object.entries(part.settings).map(([key, setting]) => [`${part.name}.${key}`, setting]),
      ),
    ),
  };
  const valuesOf = (part: AgentDefinition, values: SettingsOf<SettingTable>): never =>
    Object.fromEntries(
      Object.keys(part.settings).map((key) => [key, values[`${part.name}.${key}`]]),
    ) as never;
  return {
    name,
    summary: `the weighted sum of ${parts.map((part) => part.name).join(', ')}, each brought to a largest score of 1`,
    consumes: 'sequences',
    needsEngine: parts.some((part) => part.needsEngine),
    settings,
    async create(context, values) {
      const agents = [];
      for (const part of parts) {
        const rng = context.rng.fork(part.name);
        agents.push((await part.create({ ...context, rng }, valuesOf(part, values))) as SequenceAgent);
      }
      return build(name, context, values as never, agents, statedWeights(String(values.weights), parts));
    },
    async restore(context, values, saved) {
      const model = readModel(name, saved);
      const agents = [];
      for (const part of parts) {
        const bytes = arrayOf(model, part.name, 'u8');
        agents.push((await part.restore(context, valuesOf(part, values), bytes)) as SequenceAgent);
      }
      return build(name, context, values as never, agents, weightsIn(model));
    },
  };
}

const weightsIn = (model: SavedModel): number[] => model.values.weights as number[];

function statedWeights(text: string, parts: readonly AgentDefinition[]): number[] {
  if (text === '') return parts.map(() => 1);
  const weights = text.split(',').map(Number);
  if (weights.length !== parts.length || !weights.every((weight) => weight >= 0)) {
    throw new TendrilError(
      'bad-setting',
      `setting "weights" is "${text}"; accepted: ${parts.length} numbers of at least 0, separated by commas`,
    );
  }
  return weights;
}

function build(
  name: string,
  context: AgentContext,
  settings: { readonly weights: string; readonly epsilon: number },
  parts: readonly SequenceAgent[],
  initial: number[],
): SequenceAgent {
  const { observation, action } = context;
  const n = itemsOf(action);
  const policies = parts.map((part) => part.policy());
  let weights = initial;

  return {
    name,
    consumes: 'sequences',
    async fit(train, options) {
      const report: Record<string, number> = {};
      for (const part of parts) {
        for (const [key, value] of Object.entries(await part.fit(train, options)))
          report[`${part.name}.${key}`] = value;
      }
      weights = initial;
      if (settings.weights === '' && options.validation)
        weights = await pickWeights(policies, context, options.validation);
      parts.forEach((part, i) => {
        report[`${part.name}.weight`] = weights[i]!;
      });
      return report;
    },
    async learn(more, newFrom) {
      const report: Record<string, number> = {};
      for (const part of parts) {
        for (const [key, value] of Object.entries(await part.learn(more, newFrom)))
          report[`${part.name}.${key}`] = value;
      }
      return report;
    },
    async save() {
      const arrays: Record<string, Uint8Array> = {};
      for (const part of parts) arrays[part.name] = await part.save();
      return writeModel(name, { values: { weights }, arrays });
    },
    policy: () => ({
      ...scoredPolicy(observation, action, settings.epsilon, () => {}),
      async evaluate(observations, rows, candidates) {
        const choices = candidates?.length ?? n;
        const values = new Float32Array(rows * choices);
        for (const [p, policy] of policies.entries()) {
          // A part's largest score is that of the whole catalogue, whichever candidates are asked for.
          const scores = await policy.evaluate(observations, rows);
          for (let row = 0; row < rows; row++) {
            const at = row * n;
            const { low, factor } = scaleOf(scores.values, at, n);
            const weight = weights[p]! * factor;
            const to = row * choices;
            for (let c = 0; c < choices; c++)
              values[to + c]! += weight * (scores.values[at + (candidates ? candidates[c]! : c)]! - low);
          }
        }
        return { n: rows, choices, values };
      },
    }),
  };
}

/** What brings a row to a largest score of 1: (score - low) x factor. */
function scaleOf(scores: Float32Array, at: number, items: number): { low: number; factor: number } {
  let low = 0;
  let high = 0;
  for (let i = at; i < at + items; i++) {
    const score = scores[i]!;
    if (score < low) low = score;
    if (score > high) high = score;
  }
  return { low, factor: 1 / Math.max(floor, high - low) };
}

/** The weights of the grid with the most hits at 10 on validation, of equals with the higher NDCG@10. */
async function pickWeights(
  policies: readonly Policy[],
  { observation }: AgentContext,
  { inputs, targets, repeats }: Validation,
): Promise<number[]> {
  const place = historyPlace(observation);
  if (!place)
    throw new TendrilError('bad-setting', 'a blend needs an observation with the part "history.items"');
  const grid = combinations(policies.length);
  const tally = tallyOf(grid.length);
  const row = new Float32Array(observation.size);
  for (const u of evenly(inputs.n, sampled)) {
    const history = inputs.items.subarray(inputs.offsets[u]!, inputs.offsets[u + 1]!);
    writeHistory(place, inputs, u, history.length, row, 0);
    const parts: Float32Array[] = [];
    for (const policy of policies) {
      const { values } = await policy.evaluate(row, 1);
      const { factor } = scaleOf(values, 0, inputs.itemCount);
      const target = values[targets[u]!]!;
      // What each item has over the target; a masked one has less than anything.
      for (let i = 0; i < values.length; i++) values[i] = (values[i]! - target) * factor;
      if (!repeats) for (const item of history) values[item] = -Infinity;
      parts.push(values);
    }
    ranksUnder(grid, parts).forEach((rank, g) => {
      tally.add(g, rank);
    });
  }
  return grid[tally.best()]!;
}

/**
 * The target's rank under each set of weights, given what each item has over it in each part; Infinity from 10 on. An
 * item that no part puts above the target is above it under no weights, and nearly all items are such.
 */
function ranksUnder(grid: readonly (readonly number[])[], parts: readonly Float32Array[]): Float64Array {
  const higher = new Int32Array(grid.length);
  let same = -1;
  let open = grid.length;
  const items = parts[0]!.length;
  for (let i = 0; i < items && open > 0; i++) {
    let above = false;
    let equal = true;
    for (const part of parts) {
      if (part[i]! > 0) above = true;
      if (part[i] !== 0) equal = false;
    }
    if (equal) same++;
    if (!above) continue;
    for (let g = 0; g < grid.length; g++) {
      let over = 0;
      for (let p = 0; p < parts.length; p++) over += grid[g]![p]! * parts[p]![i]!;
      if (over > 0 && ++higher[g]! === 10) open--;
    }
  }
  return Float64Array.from(higher, (count) => (count >= 10 ? Number.POSITIVE_INFINITY : count + same / 2));
}

/** Every combination of 1, .5 and .25 whose largest is 1, equal weights first. */
function combinations(parts: number): number[][] {
  let all: number[][] = [[]];
  for (let p = 0; p < parts; p++)
    all = all.flatMap((weights) => [1, 0.5, 0.25].map((weight) => [...weights, weight]));
  return all.filter((weights) => weights.includes(1));
}
