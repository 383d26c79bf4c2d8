import { agentNamed, type Policy, type TransitionAgent } from '../agent/index.ts';
import {
  type Campaign,
  type ObservationSpec,
  type OfferAction,
  readSettings,
  rng,
  TendrilError,
} from '../core/index.ts';
import { offerSpec } from './shopper-features.ts';
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
  /** For each of the policy's choices the campaign's action, or -1 where the campaign has none such. */
  readonly actionOf: Int32Array;
  /** Takes in what came of actions; missing where it does not learn. */
  readonly learn?: (rows: readonly LearnedRow[]) => Promise<void>;
  readonly save?: () => Promise<Uint8Array>;
  /** Outcomes it learned from. */
  readonly learned: number;
}

export interface LearnedRow {
  readonly observation: readonly number[];
  readonly action: number;
  readonly reward: number;
}

/** A stored policy of a world of messages, as whoever opens it tells it. */
export interface StoredPolicy {
  readonly id: string;
  readonly version: string;
  readonly policy: Policy;
  /** Of the world: action i in its words. */
  readonly actions: readonly Readonly<Record<string, string | number>>[];
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
  const defaults = name === 'thompson' ? { beliefs: 'linear', epsilon, noise } : { epsilon };
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
    actionOf: Int32Array.from(actions, (_, i) => i),
    async learn(rows) {
      const observations = Float32Array.from(rows.flatMap(({ observation }) => observation));
      await agent.learn({
        n: rows.length,
        observations,
        actions: Int32Array.from(rows, ({ action }) => action),
        rewards: Float32Array.from(rows, ({ reward }) => reward),
        nextObservations: observations,
        discounts: new Float32Array(rows.length),
        terminated: new Uint8Array(rows.length).fill(1),
        truncated: new Uint8Array(rows.length),
      });
      learned += rows.length;
    },
    save: () => agent.save(),
    get learned() {
      return learned;
    },
  };
}

/**
 * A policy that learned in a world and serves as it is. What it may choose are the world's actions that the campaign has
 * too; where the rules leave none of these the answer is no contact. Throws `bad-model` where they have none in common, or the campaign
 * has some the policy cannot choose.
 */
export function storedPolicy(
  { id, version, policy, actions: known }: StoredPolicy,
  actions: readonly OfferAction[],
): OfferPolicy {
  const keyOf = (kind: unknown, percent: unknown, channel: unknown): string =>
    `${kind}/${percent}/${channel}`;
  const places = new Map(
    known.map(({ offer, percent, channel }, i) => [
      keyOf(offer === 'none' ? 'message' : offer, percent, channel),
      i,
    ]),
  );
  const actionOf = new Int32Array(known.length).fill(-1);
  actions.forEach((action, i) => {
    if (i === 0) return;
    const place = places.get(keyOf(action.kind, action.percent, action.channel));
    if (place === undefined)
      throw new TendrilError(
        'bad-model',
        `the stored policy ${id} does not know "${sayAction(action)}"; it knows: ${[...places.keys()].join(', ')}`,
      );
    actionOf[place] = i;
  });
  return { id, version, policy, spec: policy.observation, scoresAreRewards: false, actionOf, learned: 0 };
}
