import { actionSize, eventTypes, historyPlace, type Rng, rng, TendrilError } from '../core/index.ts';
import type { AgentContext } from './agent.ts';
import { type Encoder, encoder as encoderFor } from './dqn-encoder.ts';
import { contentColumns } from './dqn-model.ts';
import type { FineTuningModel } from './fine-tuning-model.ts';
import type { FineTuningShape } from './fine-tuning-network.ts';
import { gruCell } from './gru.ts';
import { type HistoryReader, historyReader } from './history-tokens.ts';
import { recurrentNetwork } from './recurrent-network.ts';
import type { ReplayBuffer } from './replay-buffer.ts';
import { arrayOf, checkFinite, modelKind, readModel, restoreArrays, type SavedModel } from './saved-model.ts';
import { restoreReplay } from './saved-replay.ts';
import { itemsOf } from './scored-policy.ts';
import { checkHeads } from './transformer.ts';
import { type TransformerShape, transformerEncode, transformerParameters } from './transformer-network.ts';

/** What every agent that fine-tunes a transformer by rewards begins with, whatever its heads learn. */
export interface FineTuningStart {
  readonly items: number;
  readonly slots: number;
  readonly chance: Rng;
  readonly encoder: Encoder;
  readonly histories: HistoryReader;
  readonly body: FineTuningShape['body'];
  readonly network: FineTuningShape['network'];
  /** The part of the heads' shape that the observation and the settings decide. */
  readonly heads: Pick<
    FineTuningShape['heads'],
    'items' | 'slots' | 'dense' | 'history' | 'affinity' | 'profile' | 'content' | 'hidden' | 'width'
  >;
  /** What the model is told of the items and of the engine. */
  readonly resources: {
    readonly items: AgentContext['items'];
    readonly contentText: boolean;
    readonly engine: NonNullable<AgentContext['engine']>;
    readonly rng: Rng;
  };
}

/** What may read the history, by the name of the agent that teaches it. */
const networks: Readonly<Record<string, (shape: TransformerShape) => FineTuningShape['network']>> = {
  transformer: (shape) => ({ parameters: transformerParameters(shape), encode: transformerEncode }),
  gru: (shape) => recurrentNetwork(gruCell, shape),
};

interface Settings {
  readonly body: string;
  readonly width: number;
  readonly heads: number;
  readonly blocks: number;
  readonly inner: number;
  readonly places: number;
  readonly hidden: number;
  readonly embedding: number;
  readonly itemContent: string;
}

/** Throws TendrilError `bad-setting` where the context or the settings do not fit. */
export function fineTuningStart(
  name: string,
  context: AgentContext,
  settings: Settings,
  saved: Uint8Array | undefined,
): FineTuningStart {
  const { observation, action, engine } = context;
  const items = itemsOf(action);
  const slots = actionSize(action);
  const place = historyPlace(observation);
  if (!place)
    throw new TendrilError('bad-setting', `${name} needs an observation with the part "history.items"`);
  if (!engine) throw new TendrilError('bad-setting', `${name} needs an engine in its context`);
  checkHeads(settings);
  // Whatever a run of its own begins with is overwritten; beside a taught transformer the heads begin by the seed.
  const chance = saved && modelKind(saved) === name ? rng(0) : context.rng.fork(name);
  const known = settings.itemContent === 'none' ? undefined : context.items;
  const text = settings.itemContent === 'text';
  const encoder = encoderFor(observation, {
    scalarsOnly: false,
    historyDecay: 0.8,
    raw: false,
    items: known,
  });
  const kinds = place.types >= 0 ? eventTypes.length : 0;
  const places = Math.min(settings.places, place.size);
  const { width, heads, blocks, inner } = settings;
  const { dense, history, affinity, profile } = encoder;
  const body = { items, kinds, places, width, heads, blocks, inner, negatives: 0 };
  return {
    items,
    slots,
    chance,
    encoder,
    histories: historyReader(place, places, kinds, observation.size),
    body,
    network: networks[settings.body]!(body),
    heads: {
      ...{ items, slots, dense, history, affinity, profile },
      content: known ? contentColumns(known, text) : 0,
      hidden: settings.hidden,
      width: settings.embedding,
    },
    resources: { items: known, contentText: text, engine, rng: chance.fork('start') },
  };
}

/**
 * Writes a saved model of the agent `body` or an earlier run of agent `name` into the model and the empty replay. Answers the
 * earlier run; undefined where it was the other, which was taught to say what comes next and nothing of rewards yet.
 */
export function loadFineTuned(
  name: string,
  body: string,
  bytes: Uint8Array,
  { numbers }: FineTuningModel,
  replay: ReplayBuffer,
): SavedModel | undefined {
  if (modelKind(bytes) === body) {
    numbers.takeUp(readModel(body, bytes));
    numbers.restartMean();
    numbers.copyToTarget();
    return undefined;
  }
  const read = readModel(name, bytes);
  restoreArrays(read, numbers.state);
  const [size, next] = read.values.replay as [number, number];
  arrayOf(read, 'replay', 'f32', size * replay.layout.width);
  checkFinite(read, [...Object.keys(numbers.state), 'replay']);
  restoreReplay(replay, read, next);
  return read;
}
