import type { Policy } from '../../agent/index.ts';
import type { WorldDefinition } from '../../world/index.ts';
import { type Chosen, decideByTree, growTree, type TreeNode } from './imitation-tree.ts';
import { observedStates } from './observed-states.ts';

/** Rules a person can sign: a tree that does what the policy does, and how often. */
export interface Imitation {
  readonly tree: TreeNode;
  readonly depth: number;
  readonly leaves: number;
  readonly trainedOn: number;
  /** Share of shoppers it was not grown on for whom tree and policy choose alike. */
  readonly agreement: number;
  readonly heldOut: number;
  /** What both earn on average over the held-out shoppers, where the world knows what each action earns. */
  readonly reward?: { readonly tree: number; readonly policy: number };
}

export interface ImitateOptions {
  readonly policy: Policy;
  readonly definition: WorldDefinition;
  readonly worldOptions: Readonly<Record<string, unknown>>;
  readonly seed: number;
  /** Shoppers to grow it on; half as many more are held out. */
  readonly shoppers?: number;
  readonly depth?: number;
}

export const mostDepth = 4;

/** Grows the tree on what the policy chooses for many shoppers, judges it on others. */
export async function imitate(options: ImitateOptions): Promise<Imitation> {
  const { policy, definition, worldOptions, seed, shoppers = 20_000, depth = mostDepth } = options;
  const { parts } = policy.observation;
  const chosenBy = async (n: number, from: number): Promise<Chosen> => {
    const { observations: rows, masks } = await observedStates(
      definition.create(n, worldOptions),
      policy,
      from,
    );
    const scores = await policy.evaluate(rows, n);
    const choices = (masks?.length ?? 0) / n;
    const actions = Int32Array.from({ length: n }, (_, i) => {
      return policy.greedy(scores, i, masks?.subarray(i * choices, (i + 1) * choices))[0]!;
    });
    return { n, size: policy.observation.size, rows, actions };
  };
  const grownOn = await chosenBy(shoppers, seed);
  const tree = growTree(grownOn, parts, definition.words?.features ?? {}, {
    depth,
    leaf: Math.ceil(shoppers / 400),
  });
  const fresh = await chosenBy(Math.ceil(shoppers / 2), seed + 1);
  const says = Int32Array.from(fresh.actions, (_, i) =>
    decideByTree(tree, parts, fresh.rows, i * fresh.size),
  );
  const same = says.reduce((sum, action, i) => sum + Number(action === fresh.actions[i]), 0);
  const { decisions } = definition;
  const earned = (actions: Int32Array): number =>
    actions.reduce((sum, action, i) => sum + decisions!.reward(fresh.rows, i * fresh.size, action), 0) /
    fresh.n;
  return {
    tree,
    depth: depthOf(tree),
    leaves: leavesOf(tree),
    trainedOn: shoppers,
    agreement: same / fresh.n,
    heldOut: fresh.n,
    ...(decisions && { reward: { tree: earned(says), policy: earned(fresh.actions) } }),
  };
}

const depthOf = (node: TreeNode): number =>
  'question' in node ? 1 + Math.max(depthOf(node.yes), depthOf(node.no)) : 0;
const leavesOf = (node: TreeNode): number =>
  'question' in node ? leavesOf(node.yes) + leavesOf(node.no) : 1;
