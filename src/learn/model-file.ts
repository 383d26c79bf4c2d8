import { asciiJson, asciiOf, putAscii, TendrilError } from '../core/index.ts';
import type { ItemEmbeddings, ItemLabels } from '../state/index.ts';

/**
 * A model of a shop as it is stored: what the agent saved, and the labels it was taught with.
 *
 *   0   8  "TENDRIL1"
 *   8   4  length h of the header, little-endian
 *   12  h  header, ASCII JSON: {"agent", "items": [itemId...], "shoppers": [hash...], "labels": {"categories", "brands"},
 *          "learned": [count...], "embeddings": {"size", "vectors"}} (the last two only of models that learn from
 *          histories, and where shoppers are embedded)
 *   12+h   the agent's bytes
 *
 * Item number i of the model is the i-th entry of `items`. Shoppers stand there by hash only, in the order of their
 * labels 1, 2, ...: a model names nobody. `labels` are the names of categories and brands in the order of their numbers
 * 1, 2, ...; a model of a world, whose items never change, has none.
 */
export interface ModelFile {
  readonly agent: string;
  readonly items: readonly string[];
  readonly shoppers: readonly string[];
  readonly labels?: ItemLabels;
  /** Interactions of each shopper that it has learned, the oldest ones, in the order of `shoppers`. */
  readonly learned?: readonly number[];
  /** Of a model that reads shoppers' embeddings: those of its items, in their order. */
  readonly embeddings?: ItemEmbeddings;
  readonly bytes: Uint8Array;
}

const magic = 'TENDRIL1';

export function packModel({ bytes, ...header }: ModelFile): Uint8Array {
  const json = asciiJson(header);
  const packed = new Uint8Array(12 + json.length + bytes.length);
  putAscii(packed, 0, magic);
  new DataView(packed.buffer).setUint32(8, json.length, true);
  putAscii(packed, 12, json);
  packed.set(bytes, 12 + json.length);
  return packed;
}

/** Throws `bad-model` where the bytes are something else or cut off. */
export function openModel(packed: Uint8Array): ModelFile {
  if (packed.length < 12 || asciiOf(packed, 0, 8) !== magic)
    throw new TendrilError(
      'bad-model',
      `these ${packed.length} bytes are no model: they do not begin with ${magic}`,
    );
  const length = new DataView(packed.buffer, packed.byteOffset).getUint32(8, true);
  if (12 + length > packed.length) {
    throw new TendrilError(
      'bad-model',
      `the model is cut off: its header has ${length} bytes, the file ${packed.length}`,
    );
  }
  let header: Omit<ModelFile, 'bytes'>;
  try {
    header = JSON.parse(asciiOf(packed, 12, 12 + length));
  } catch (error) {
    throw new TendrilError('bad-model', "the model's header is not JSON", { cause: error });
  }
  if (typeof header.agent !== 'string' || !Array.isArray(header.items) || !Array.isArray(header.shoppers))
    throw new TendrilError('bad-model', "the model's header does not name its agent, items and shoppers");
  return { ...header, bytes: packed.subarray(12 + length) };
}
