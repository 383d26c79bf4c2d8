import {
  type ActionSpec,
  type Actions,
  actionSize,
  type Json,
  readSettings,
  type SettingsOf,
  TendrilError,
  type TransitionBatch,
} from '../core/index.ts';
import type { AgentContext, AgentDefinition, TransitionAgent } from './agent.ts';
import type { Policy, Sample, Scores } from './policy.ts';
import { arrayOf, readModel, writeModel } from './saved-model.ts';

const settings = {
  agents: {
    type: 'text',
    default: 'products=dqn,content=thompson,layout=thompson',
    doc: 'which agent learns which part of the action, by the names the world gives its parts',
  },
  settings: {
    type: 'text',
    default: 'content.features=page.answered,page.shown;layout.features=page.device',
    doc: "settings of the parts' agents, separated by semicolons: part.setting=value",
  },
} as const;

/**
 * One decision of several kinds at once (products, a content type, a layout), by a policy that is a product of policies: each
 * part of a composite action has an agent of its own, all see the same state and the same reward, and
 *
 *   pi(products, content, layout | s) = pi(products | s) pi(content | s) pi(layout | s)
 *
 * so that every part and slot has a propensity of its own, and a log of such decisions can judge any part by itself. What it
 * cannot express is a page that depends on the very products drawn.
 */
export const factoredOf = (named: Named): AgentDefinition<typeof settings> => ({
  name: 'factored',
  summary: 'one decision of several parts: an agent for each, a propensity for each',
  consumes: 'transitions',
  needsEngine: true,
  settings,
  create: (context, values) => build(named, context, values),
  restore: (context, values, saved) => build(named, context, values, saved),
});

/** An agent by its name. */
type Named = (name: string) => AgentDefinition;

/** A part of the action: its agent, and where its numbers and its choices lie. */
interface Part {
  readonly name: string;
  readonly spec: ActionSpec;
  readonly agent: TransitionAgent;
  readonly policy: Policy;
  readonly at: number;
  readonly size: number;
  readonly maskAt: number;
  readonly choices: number;
}

interface FactoredScores extends Scores {
  readonly parts: readonly Scores[];
}

async function build(
  named: Named,
  context: AgentContext,
  given: SettingsOf<typeof settings>,
  saved?: Uint8Array,
): Promise<TransitionAgent> {
  const { observation, action } = context;
  if (action.kind !== 'composite')
    throw new TendrilError(
      'bad-setting',
      `factored makes decisions of several parts; for actions of kind "${action.kind}" take an agent of that kind`,
    );
  const stored = saved && readModel('factored', saved);
  const names = pairsOf('agents', given.agents, ',');
  const own = pairsOf('settings', given.settings, ';');
  const specs = action.specs.map(({ name }) => name);
  for (const key of [...names.keys(), ...[...own.keys()].map((key) => key.split('.')[0]!)])
    if (!specs.includes(key))
      throw new TendrilError('bad-setting', `the action has no part "${key}"; it has: ${specs.join(', ')}`);
  const parts: Part[] = [];
  let [at, maskAt] = [0, 0];
  for (const { name, spec } of action.specs) {
    const wanted = names.get(name);
    if (wanted === undefined)
      throw new TendrilError(
        'bad-setting',
        `setting "agents" names no agent for the part "${name}"; accepted: ${specs.map((spec) => `${spec}=AGENT`).join(',')}`,
      );
    const definition = named(wanted);
    const read = readSettings(
      definition.settings,
      Object.fromEntries(
        [...own]
          .filter(([key]) => key.startsWith(`${name}.`))
          .map(([key, value]) => [key.slice(name.length + 1), value]),
      ),
    );
    if (!read.ok) throw new TendrilError(read.error.code, `${name}: ${read.error.message}`);
    const inner: AgentContext = { ...context, action: spec, rng: context.rng.fork(name) };
    const bytes = stored && arrayOf(stored, name, 'u8');
    const agent = bytes
      ? await definition.restore(inner, read.value, bytes)
      : await definition.create(inner, read.value);
    if (agent.consumes !== 'transitions')
      throw new TendrilError(
        'bad-setting',
        `the part "${name}" needs an agent that learns from transitions; "${wanted}" learns from ${agent.consumes}`,
      );
    const [size, choices] = [actionSize(spec), choicesOf(spec)];
    parts.push({ name, spec, agent, policy: agent.policy(), at, size, maskAt, choices });
    at += size;
    maskAt += choices;
  }
  const [size, choices] = [at, maskAt];

  const each = (
    scores: Scores,
    mask: Uint8Array | undefined,
    act: (part: Part, scores: Scores, mask: Uint8Array | undefined) => void,
  ): void => {
    parts.forEach((part, i) => {
      act(
        part,
        (scores as FactoredScores).parts[i]!,
        mask?.subarray(part.maskAt, part.maskAt + part.choices),
      );
    });
  };

  return {
    name: 'factored',
    consumes: 'transitions',
    async learn(batch) {
      const report: Record<string, number> = {};
      for (const part of parts)
        for (const [key, value] of Object.entries(await part.agent.learn(partOf(batch, part, size, choices))))
          report[`${part.name}.${key}`] = value;
      return report;
    },
    async save() {
      const arrays: Record<string, Uint8Array> = {};
      for (const { name, agent } of parts) arrays[name] = await agent.save();
      return writeModel('factored', { values: { agents: given.agents as Json }, arrays });
    },
    policy: () => ({
      observation,
      action,
      async evaluate(observations, n, candidates) {
        if (candidates)
          throw new RangeError('candidates are of a single choice, and this action has several');
        const all: Scores[] = [];
        for (const { policy } of parts) all.push(await policy.evaluate(observations, n));
        const width = all.reduce((sum, scores) => sum + scores.choices, 0);
        const values = new Float32Array(n * width);
        let from = 0;
        for (const scores of all) {
          for (let i = 0; i < n; i++)
            values.set(
              scores.values.subarray(i * scores.choices, (i + 1) * scores.choices),
              i * width + from,
            );
          from += scores.choices;
        }
        return { n, choices: width, values, parts: all } satisfies FactoredScores;
      },
      sample(scores, row, rng, mask) {
        const drawn: Sample = {
          action: new Int32Array(size),
          logProbs: new Float32Array(size),
          explored: new Uint8Array(size),
        };
        each(scores, mask, (part, of, open) => {
          const sample = part.policy.sample(of, row, rng, open);
          drawn.action.set(sample.action as Int32Array, part.at);
          drawn.logProbs.set(sample.logProbs, part.at);
          drawn.explored.set(sample.explored, part.at);
        });
        return drawn;
      },
      logProb(scores, row, taken, mask) {
        const logProbs = new Float32Array(size);
        each(scores, mask, ({ policy, at: from, size: length }, of, open) => {
          logProbs.set(policy.logProb(of, row, taken.subarray(from, from + length), open), from);
        });
        return logProbs;
      },
      greedy(scores, row, mask) {
        const best = new Int32Array(size);
        each(scores, mask, ({ policy, at: from }, of, open) => {
          best.set(policy.greedy(of, row, open) as Int32Array, from);
        });
        return best;
      },
    }),
  };
}

/** The batch as a part's agent sees it: its own numbers of the actions; the slot answered to is a slate's alone. */
function partOf(
  batch: TransitionBatch,
  { spec, at, size, maskAt, choices }: Part,
  all: number,
  allChoices: number,
): TransitionBatch {
  const { chosen, masks, nextMasks, logProbs, ...rest } = batch;
  const columns = <T extends Actions | Uint8Array>(
    from: T,
    width: number,
    begin: number,
    count: number,
  ): T => {
    const to = new (from.constructor as new (length: number) => T)(batch.n * count);
    for (let i = 0; i < batch.n; i++)
      to.set(from.subarray(i * width + begin, i * width + begin + count), i * count);
    return to;
  };
  return {
    ...rest,
    actions: columns(batch.actions, all, at, size),
    ...(logProbs && { logProbs: columns(logProbs, all, at, size) }),
    ...(masks && { masks: columns(masks, allChoices, maskAt, choices) }),
    ...(nextMasks && { nextMasks: columns(nextMasks, allChoices, maskAt, choices) }),
    ...(chosen && spec.kind === 'slate' && { chosen }),
  };
}

/** Choices a mask speaks of. */
function choicesOf(spec: ActionSpec): number {
  if (spec.kind === 'choice' || spec.kind === 'slate') return spec.n;
  if (spec.kind === 'parts') return spec.parts.reduce((sum, { n }) => sum + n, 0);
  throw new TendrilError(
    'bad-setting',
    `factored has no parts of kind "${spec.kind}"; accepted: slate, choice, parts`,
  );
}

/** `a=1;b=2` by key. */
function pairsOf(setting: string, text: string, separator: string): Map<string, string> {
  const pairs = new Map<string, string>();
  for (const entry of text.split(separator).filter((part) => part.trim() !== '')) {
    const sign = entry.indexOf('=');
    if (sign <= 0)
      throw new TendrilError('bad-setting', `"${entry}" of setting "${setting}"; accepted: name=value`);
    pairs.set(entry.slice(0, sign).trim(), entry.slice(sign + 1).trim());
  }
  return pairs;
}
