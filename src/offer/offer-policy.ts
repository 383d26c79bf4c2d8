import { agentNamed, type Policy, type TransitionAgent } from '../agent/index.ts';
import {
  type Campaign,
  type ObservationSpec,
  type OfferAction,
  readSettings,
  rng,
  TendrilError,
} from '../core/index.ts';
import { namesOf, offerSpec } from './shopper-features.ts';
import { sayAction } from './words.ts';

/** Who chooses for a campaign. */
export interface OfferPolicy {
  readonly id: string;
  /** Counts up with what it learned, or names the file. */
  readonly version: string;
  readonly policy: Policy;
  readonly spec: ObservationSpec;
  /** True where scores are rewards, so that a price may be taken off them. */
  readonly scoresAreRewards: boolean;
  /** Share of the decisions that is left to chance whatever the scores. */
  readonly chance: number;
  /** For each of the policy's choices the campaign's action, or -1 where the campaign has none such. */
  readonly actionOf: Int32Array;
  /** Takes in what came of an action; missing where it does not learn. */
  readonly learn?: (row: LearnedRow) => Promise<void>;
  readonly save?: () => Promise<Uint8Array>;
  /** Outcomes it learned from. */
  readonly learned: number;
}

export interface LearnedRow {
  readonly observation: readonly number[];
  readonly action: number;
  readonly reward: number;
}

/** A stored policy, as whoever opens it tells it. */
export interface StoredPolicy {
  readonly id: string;
  readonly version: string;
  readonly policy: Policy;
  /** Each of its choices, as `sayAction` says it: "15 % off by e-mail". */
  readonly actions: readonly string[];
}

/** Bandits leave this much to chance unless told otherwise, so that the log can judge another policy. */
const epsilon = 0.05;
/** Rewards are money here more often than shares. */
const noise = 1;

/** Throws `unknown-setting` or `bad-setting` where the campaign's settings are not the agent's; `bad-model` for a saved state that does not fit. */
export async function banditPolicy(
  { policy: wanted }: Campaign,
  actions: readonly OfferAction[],
  saved?: { readonly bytes: Uint8Array; readonly learned: number },
): Promise<OfferPolicy> {
  const { agent: name, settings: given = {} } =
    wanted && 'agent' in wanted ? wanted : { agent: 'thompson' as const };
  const definition = agentNamed(name);
  // Until the first window is over nothing is learned: the first of equals would be no contact with everybody.
  const defaults = name === 'thompson' ? { beliefs: 'linear', epsilon, noise } : { epsilon, ties: 'random' };
  const settings = readSettings(definition.settings, { ...defaults, ...given });
  if (!settings.ok) throw new TendrilError(settings.error.code, `policy.settings: ${settings.error.message}`);
  const context = {
    observation: offerSpec,
    action: { kind: 'choice', n: actions.length } as const,
    rng: rng('offers'),
  };
  const agent = (await (saved
    ? definition.restore(context, settings.value, saved.bytes)
    : definition.create(context, settings.value))) as TransitionAgent;
  let learned = saved?.learned ?? 0;
  return {
    id: name,
    get version() {
      return String(learned);
    },
    policy: agent.policy(),
    spec: offerSpec,
    scoresAreRewards: true,
    chance: settings.value.epsilon as number,
    actionOf: Int32Array.from(actions, (_, i) => i),
    async learn({ observation, action, reward }) {
      const observations = Float32Array.from(observation);
      const lesson = agent.learn({
        n: 1,
        observations,
        actions: Int32Array.of(action),
        rewards: Float32Array.of(reward),
        nextObservations: observations,
        discounts: new Float32Array(1),
        terminated: Uint8Array.of(1),
        truncated: new Uint8Array(1),
      });
      // A bandit's beliefs are others already, and who decides before this is resumed must not name the version before.
      learned++;
      await lesson.catch((error) => {
        learned--;
        throw error;
      });
    },
    save: () => agent.save(),
    get learned() {
      return learned;
    },
  };
}

/**
 * A policy that was trained elsewhere and serves as it is. It chooses among the actions that it knows and the campaign has;
 * where the rules leave none of these the answer is no contact. Throws `bad-model` where there are none such, or where it wants
 * to see what a real shopper does not show.
 */
export function storedPolicy(
  { id, version, policy, actions: known }: StoredPolicy,
  actions: readonly OfferAction[],
): OfferPolicy {
  const seen = namesOf(offerSpec);
  const unseen = policy.observation.parts.find(({ name, size }) => size !== 1 || !seen.includes(name));
  if (unseen)
    throw new TendrilError(
      'bad-model',
      `the stored policy ${id} looks at "${unseen.name}"; of a shopper are seen: ${seen.join(', ')}`,
    );
  const words = actions.map(sayAction);
  const actionOf = Int32Array.from(known, (said) => words.indexOf(said));
  if (!actionOf.some((action) => action > 0))
    throw new TendrilError(
      'bad-model',
      `the stored policy ${id} knows nothing this campaign offers; it knows: ${known.join(', ')}; the campaign: ${words.slice(1).join(', ')}`,
    );
  return {
    id,
    version,
    policy,
    spec: policy.observation,
    scoresAreRewards: false,
    chance: 0,
    actionOf,
    learned: 0,
  };
}
