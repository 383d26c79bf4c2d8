import type { SettingsOf } from '../core/index.ts';
import type { AgentContext, SequenceAgent } from './agent.ts';
import { nextItemAgent, nextItemSettings } from './next-item-agent.ts';
import { type Cell, recurrentNetwork } from './recurrent-network.ts';

const { dropout, learningRate, negatives, fullSoftmax, patience } = nextItemSettings;

/** The settings of the agents gru and lstm. */
export const recurrentSettings = {
  ...nextItemSettings,
  dropout: { ...dropout, default: 0.2 },
  learningRate: { ...learningRate, default: 0.001 },
  negatives: { ...negatives, default: 256 },
  fullSoftmax: { ...fullSoftmax, default: 20_000 },
  patience: { ...patience, default: 10 },
} as const;

/** An agent with this cell. */
export const recurrentAgent = (
  name: string,
  cell: Cell,
  context: AgentContext,
  values: SettingsOf<typeof recurrentSettings>,
  saved?: Uint8Array,
): Promise<SequenceAgent> =>
  nextItemAgent(
    name,
    { heads: 1, blocks: 1, inner: values.width, network: (shape) => recurrentNetwork(cell, shape) },
    context,
    values,
    saved,
  );
