/**
 * A causal transformer that says what a shopper takes next ("Self-Attentive Sequential Recommendation", Kang & McAuley
 * 2018), taught with the softmax over the whole catalogue, or over a sample of it where that is large (Klenitskiy &
 * Vasilev 2023: with it, it beats what came after it). Score of an item = h . its row, h the last place of the history.
 */
import { type SettingsOf, TendrilError } from '../core/index.ts';
import type { AgentContext, AgentDefinition, SequenceAgent } from './agent.ts';
import { growNextItem, nextItemAgent, nextItemSettings } from './next-item-agent.ts';

export const transformerSettings = {
  ...nextItemSettings,
  width: {
    ...nextItemSettings.width,
    doc: 'numbers an item or a state is described by, a multiple of heads',
  },
  blocks: { type: 'number', default: 2, min: 1, max: 24, integer: true, doc: 'attention blocks' },
  heads: { type: 'number', default: 1, min: 1, max: 64, integer: true, doc: 'attention heads of a block' },
  inner: { type: 'number', default: 256, min: 4, max: 8192, integer: true, doc: 'ReLU units of a block' },
} as const;

export const transformer: AgentDefinition<typeof transformerSettings> = {
  name: 'transformer',
  summary: 'a causal transformer over the history, taught to say what comes next',
  consumes: 'sequences',
  needsEngine: true,
  logits: true,
  settings: transformerSettings,
  create: (context, values) => build(context, values),
  restore: (context, values, saved) => build(context, values, saved),
  grow: growNextItem,
};

async function build(
  context: AgentContext,
  values: SettingsOf<typeof transformerSettings>,
  saved?: Uint8Array,
): Promise<SequenceAgent> {
  checkHeads(values);
  return nextItemAgent('transformer', values, context, values, saved);
}

/** Throws TendrilError `bad-setting` where the heads do not divide the width. */
export function checkHeads({ width, heads }: { readonly width: number; readonly heads: number }): void {
  if (width % heads !== 0)
    throw new TendrilError(
      'bad-setting',
      `width ${width} cannot be shared by ${heads} heads; accepted: a multiple of heads`,
    );
}
