import { likeliestChoice, type Policy } from '../../agent/index.ts';
import type { WorldDefinition } from '../../world/index.ts';
import { type Chosen, decideByTree, growTree, type TreeNode } from './imitation-tree.ts';
import type { ObservedStates } from './observed-states.ts';
import { shoppersApart } from './shoppers-apart.ts';

/** Rules a person can sign: a tree that does what the policy does, and how often. */
export interface Imitation {
  readonly tree: TreeNode;
  readonly depth: number;
  readonly leaves: number;
  readonly trainedOn: number;
  /** Share of shoppers it was not grown on for whom tree and policy choose alike. */
  readonly agreement: number;
  readonly heldOut: number;
  /** The action the policy chose most often where the tree was grown, and in what share of the others always that would agree. */
  readonly always: { readonly action: number; readonly agreement: number };
  /** Of a policy learned from a log: the rows that were split in two, and how many of them differ. */
  readonly stored?: { readonly rows: number; readonly different: number };
  /** What both earn on average over the held-out shoppers, where the world knows what each action earns. */
  readonly reward?: { readonly tree: number; readonly policy: number };
}

export interface ImitateOptions {
  readonly policy: Policy;
  readonly definition: WorldDefinition;
  readonly worldOptions: Readonly<Record<string, unknown>>;
  readonly seed: number;
  /** Shoppers to grow it on; half as many more are held out. Of a log all stored rows, half and half. */
  readonly shoppers?: number;
  readonly depth?: number;
}

/** Of what always the most frequent action gets wrong, rules that get less than this right explain almost nothing. */
const leastGain = 0.25;
/** What must be said of rules that are hardly better than always the most frequent action; else nothing. */
export const warningOf = ({ agreement, always }: Pick<Imitation, 'agreement' | 'always'>): string =>
  agreement - always.agreement < leastGain * (1 - always.agreement)
    ? 'The rules are hardly better than that: they explain almost nothing of when the policy does otherwise.'
    : '';

export const mostDepth = 4;

/** Grows the tree on what the policy chooses for many shoppers, judges it on others. */
export async function imitate(options: ImitateOptions): Promise<Imitation> {
  const { policy, definition, worldOptions, seed, shoppers = 20_000, depth = mostDepth } = options;
  const { parts } = policy.observation;
  const chosenBy = async ({ n, observations: rows, masks }: ObservedStates): Promise<Chosen> => {
    const scores = await policy.evaluate(rows, n);
    const choices = (masks?.length ?? 0) / n;
    const actions = Int32Array.from({ length: n }, (_, i) => {
      return likeliestChoice(policy, scores, i, masks?.subarray(i * choices, (i + 1) * choices));
    });
    return { n, size: policy.observation.size, rows, actions };
  };
  const { grown, judged, stored } = await shoppersApart({ policy, definition, worldOptions, seed, shoppers });
  const grownOn = await chosenBy(grown);
  const tree = growTree(grownOn, parts, definition.words?.features ?? {}, {
    depth,
    leaf: Math.ceil(grownOn.n / 400),
  });
  const fresh = await chosenBy(judged);
  const says = Int32Array.from(fresh.actions, (_, i) =>
    decideByTree(tree, parts, fresh.rows, i * fresh.size),
  );
  const agreeing = (choose: (i: number) => number): number =>
    fresh.actions.reduce((sum, action, i) => sum + Number(action === choose(i)), 0) / fresh.n;
  const most = mostFrequent(grownOn.actions);
  const { decisions } = definition;
  const earned = (actions: Int32Array): number =>
    actions.reduce((sum, action, i) => sum + decisions!.reward(fresh.rows, i * fresh.size, action), 0) /
    fresh.n;
  return {
    tree,
    depth: depthOf(tree),
    leaves: leavesOf(tree),
    trainedOn: grownOn.n,
    agreement: agreeing((i) => says[i]!),
    heldOut: fresh.n,
    always: { action: most, agreement: agreeing(() => most) },
    ...(stored && { stored }),
    ...(decisions && { reward: { tree: earned(says), policy: earned(fresh.actions) } }),
  };
}

function mostFrequent(actions: Int32Array): number {
  const counts = new Map<number, number>();
  for (const action of actions) counts.set(action, (counts.get(action) ?? 0) + 1);
  return [...counts].reduce((most, one) => (one[1] > most[1] ? one : most))[0];
}

const depthOf = (node: TreeNode): number =>
  'question' in node ? 1 + Math.max(depthOf(node.yes), depthOf(node.no)) : 0;
const leavesOf = (node: TreeNode): number =>
  'question' in node ? leavesOf(node.yes) + leavesOf(node.no) : 1;
