import {
  type HistoryPlace,
  historyPlace,
  type SettingsOf,
  type SettingTable,
  TendrilError,
} from '../core/index.ts';
import { addCounts } from './add-counts.ts';
import type { AgentContext, AgentDefinition, SequenceAgent } from './agent.ts';
import {
  addShares,
  type BlendParts,
  foldsOf,
  type Gate,
  type GateCases,
  gateCases,
  gateScores,
  learnGate,
  pickWeights,
  withoutSegment,
} from './blend-gate.ts';
import { popularityOf, scaleOf } from './blend-qualities.ts';
import { type FittedParts, fitParts, learnParts } from './fit-parts.ts';
import { type Growth, growModel, withMoreRows } from './grow-model.ts';
import type { Policy } from './policy.ts';
import { arrayOf, readModel, type SavedModel, writeModel } from './saved-model.ts';
import { epsilonSetting, itemsOf, scoredPolicy } from './scored-policy.ts';

/**
 * Several agents' scores in one, by the name "a+b". Parts see different things (what follows, what goes together, the
 * whole history), so even a fixed blend beats each of them (Jahrer, Töscher & Legenstein 2010).
 *
 *   fixed    each part is brought to a largest score of 1 for each shopper, and the weighted sum decides
 *   learned  the sum of qualities (blend-qualities.ts) times weights that depend on the moment: a part that is sure counts
 *            for more, another one for shoppers with long histories, or back after a long time (blend-gate.ts)
 *
 * Parts fit by themselves (and pick their own settings on validation); then both mixtures are fitted on validation, whose
 * items the parts did not learn. The learned one serves where it is better on cases that it did not see; whether its weights
 * depend on recency and segment too is asked in the same way.
 */
const own = {
  mixture: {
    type: 'choice',
    choices: ['learned', 'fixed'],
    default: 'learned',
    doc: 'whether the weights may depend on the moment, where validation says that it helps',
  },
  weights: {
    type: 'text',
    default: '',
    doc: 'one number for each part, separated by commas: a fixed mixture; empty picks from 1, .5 and .25 on validation (1 each where there is none)',
  },
  epsilon: epsilonSetting,
} as const;

/** The blend of these agents. Its settings are its own and each part's with the part's name before: `markov.window`. */
export function blendOf(
  parts: readonly AgentDefinition[],
  name = parts.map((part) => part.name).join('+'),
): AgentDefinition {
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
  const partsOf = (
    agents: SequenceAgent[],
    context: AgentContext,
    values: SettingsOf<SettingTable>,
  ): Parts => {
    const policies = agents.map((agent) => agent.policy());
    return {
      agents,
      policies,
      logits: parts.map((part) => part.logits === true),
      networks: parts.map((part) => part.needsEngine === true),
      async restore(part, model) {
        const definition = parts[part]!;
        const agent = await definition.restore(context, valuesOf(definition, values), model);
        agents[part] = agent as SequenceAgent;
        policies[part] = agent.policy();
      },
    };
  };
  const grows = parts.every((part) => part.grow);
  return {
    name,
    ...(grows && {
      grow: (saved: SavedModel, values: SettingsOf<SettingTable>, growth: Growth) => {
        const { values: mixed, arrays } = withMoreRows(saved, growth, { counts: { width: 1, start: 0 } });
        const each = parts.map((part) => [
          part.name,
          growModel(part, valuesOf(part, values), arrayOf(saved, part.name, 'u8'), growth),
        ]);
        return { values: mixed, arrays: { ...arrays, ...Object.fromEntries(each) } };
      },
    }),
    summary: `a mixture of ${parts.map((part) => part.name).join(', ')}, by weights learned on validation`,
    consumes: 'sequences',
    needsEngine: parts.some((part) => part.needsEngine),
    settings,
    async create(context, values) {
      const agents = [];
      for (const part of parts) {
        const rng = context.rng.fork(part.name);
        agents.push((await part.create({ ...context, rng }, valuesOf(part, values))) as SequenceAgent);
      }
      return build(name, context, values as never, partsOf(agents, context, values), {
        counts: new Float64Array(itemsOf(context.action)),
        weights: statedWeights(String(values.weights), parts),
        scale: newestScale,
      });
    },
    async restore(context, values, saved) {
      const model = readModel(name, saved);
      checkParts(name, parts, model);
      const agents = [];
      for (const part of parts) {
        const bytes = arrayOf(model, part.name, 'u8');
        agents.push((await part.restore(context, valuesOf(part, values), bytes)) as SequenceAgent);
      }
      const mixture = storedMixture(model, context);
      return build(name, context, values as never, partsOf(agents, context, values), mixture);
    },
  };
}

/** `blend` has not always been of the same parts. Throws `bad-model` where the saved one is of others. */
function checkParts(name: string, parts: readonly AgentDefinition[], { arrays }: SavedModel): void {
  const stored = Object.keys(arrays).filter((array) => array !== 'counts');
  const own = parts.map((part) => part.name);
  if (own.every((part) => stored.includes(part)) && stored.length === own.length) return;
  throw new TendrilError(
    'bad-model',
    `the saved "${name}" is of ${stored.join(', ')}, and "${name}" is now of ${own.join(', ')}; accepted: one trained anew`,
  );
}

type Parts = BlendParts & FittedParts;

/** How the parts are mixed: by the gate where there is one. */
interface Mixture {
  weights: number[];
  gate?: Gate;
  /** How parts are made comparable that score in logits: 1 by their range as all others, 2 as exponentials (shareOf). */
  scale: number;
  /** Times each item was taken. */
  counts: Float64Array;
}

const newestScale = 2;

/** Models of before there were gates have weights alone, for parts by their range; the next fit takes the newest scale. */
function storedMixture(model: SavedModel, { action }: AgentContext): Mixture {
  const n = itemsOf(action);
  const gate = model.values.gate as unknown as Gate | undefined;
  return {
    weights: model.values.weights as number[],
    scale: Number(model.values.scale ?? (model.arrays.counts ? newestScale : 1)),
    ...(gate && { gate }),
    counts: model.arrays.counts ? arrayOf(model, 'counts', 'f64', n) : new Float64Array(n),
  };
}

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
  { observation, action }: AgentContext,
  settings: { readonly weights: string; readonly mixture: 'learned' | 'fixed'; readonly epsilon: number },
  parts: Parts,
  mixture: Mixture,
): SequenceAgent {
  const n = itemsOf(action);
  const everything = Int32Array.from({ length: n }, (_, item) => item);
  const place = placeIn(observation);
  const history = new Int32Array(place.size);
  const initial = mixture.weights;
  let popularity = popularityOf(mixture.counts);
  /** Policies of the last fit for the cases it learned from. */
  let crossFitted: ((row: number) => Policy) | undefined;

  const policyBy = (mixture: Mixture): Policy => ({
    ...scoredPolicy(observation, action, settings.epsilon, () => {}),
    async evaluate(observations, rows, candidates) {
      const items = candidates ?? everything;
      const values = new Float32Array(rows * items.length);
      const scores: Float32Array[] = [];
      // A part's largest score is that of the whole catalogue, whichever candidates are asked for.
      for (const policy of parts.policies) scores.push((await policy.evaluate(observations, rows)).values);
      for (let row = 0; row < rows; row++) {
        const out = values.subarray(row * items.length, (row + 1) * items.length);
        const from = row * n;
        const { gate, weights, scale } = mixture;
        if (gate)
          gateScores(
            gate,
            parts,
            place,
            observations,
            { at: row * observation.size, scores, from },
            popularity,
            history,
            items,
            out,
          );
        else
          scores.forEach((part, p) => {
            const shares = scaleOf(part, from, n, scale > 1 && parts.logits[p]!);
            addShares(shares, part, from, weights[p]!, items, out);
          });
      }
      return { n: rows, choices: items.length, values };
    },
  });

  return {
    name,
    consumes: 'sequences',
    async fit(train, options) {
      const report: Record<string, number> = {};
      (await fitParts(parts, train, options)).forEach((told, i) => {
        for (const [key, value] of Object.entries(told)) report[`${parts.agents[i]!.name}.${key}`] = value;
      });
      mixture.counts.fill(0);
      addCounts(mixture.counts, train);
      popularity = popularityOf(mixture.counts);
      mixture.weights = initial;
      mixture.scale = newestScale;
      delete mixture.gate;
      crossFitted = undefined;
      const { validation } = options;
      if (settings.weights === '' && validation) {
        const cases = await gateCases(parts, place, observation, validation, popularity);
        const fixed = pickWeights(cases, combinations(parts.agents.length));
        mixture.weights = fixed.weights;
        let without: Mixture[] = fixed.without.map((weights) => ({ ...mixture, weights: [...weights] }));
        report['fixed.hr@10'] = fixed.hits;
        report['fixed.ndcg@10'] = fixed.ndcg;
        if (settings.mixture === 'learned') {
          const contenders: [string, GateCases][] = [['learned', withoutSegment(cases)]];
          if (cases.segment.length > 0) contenders.push(['segment', cases]);
          let best = fixed.ndcg;
          for (const [label, some] of contenders) {
            const { gate, hits, ndcg, ...learned } = learnGate(some, parts.agents.length);
            report[`${label}.hr@10`] = hits;
            report[`${label}.ndcg@10`] = ndcg;
            if (!(ndcg > best)) continue;
            best = ndcg;
            mixture.gate = gate;
            without = learned.without.map((gate) => ({ ...mixture, gate }));
          }
        }
        const folds = foldsOf(validation.targets.length);
        const policies = [mixture, ...without].map(policyBy);
        crossFitted = (row) => policies[1 + folds[row]!]!;
      }
      report.gate = mixture.gate ? 1 : 0;
      report.segment = mixture.gate?.segment?.length ? 1 : 0;
      parts.agents.forEach((part, i) => {
        report[`${part.name}.weight`] = mixture.weights[i]!;
      });
      return report;
    },
    async learn(more, newFrom) {
      crossFitted = undefined;
      const report: Record<string, number> = {};
      for (const [part, told] of (await learnParts(parts, more, newFrom)).entries())
        for (const [key, value] of Object.entries(told)) report[`${parts.agents[part]!.name}.${key}`] = value;
      addCounts(mixture.counts, more, newFrom);
      popularity = popularityOf(mixture.counts);
      return report;
    },
    async save() {
      const { weights, scale, gate, counts } = mixture;
      const arrays: Record<string, Uint8Array | Float64Array> = { counts };
      for (const part of parts.agents) arrays[part.name] = await part.save();
      return writeModel(name, {
        values: { weights, scale, ...(gate && { gate: { ...gate } as never }) },
        arrays,
      });
    },
    policy: () => policyBy(mixture),
    crossFitted: () => crossFitted,
  };
}

function placeIn(observation: AgentContext['observation']): HistoryPlace {
  const place = historyPlace(observation);
  if (place) return place;
  throw new TendrilError('bad-setting', 'a blend needs an observation with the part "history.items"');
}

/** Every combination of 1, .5 and .25 whose largest is 1, equal weights first. */
function combinations(parts: number): number[][] {
  let all: number[][] = [[]];
  for (let p = 0; p < parts; p++)
    all = all.flatMap((weights) => [1, 0.5, 0.25].map((weight) => [...weights, weight]));
  return all.filter((weights) => weights.includes(1));
}
