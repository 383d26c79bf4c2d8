import type { TransitionBatch } from '../core/index.ts';

/**
 * The last `capacity` transitions, drawn from uniformly (Lin 1992; Mnih et al. 2015): a ring of flat rows that grows
 * until it is full, then overwrites the oldest.
 *
 *     row  [ observation | next observation | action | reward, discount, chosen slot | what is allowed next ]
 *
 * Of invented slates the chosen slot is kept plus the number of slots (`chosenSlot`). The last part only where choices are kept: 24 of them as the bits of a number, which float32 holds exactly.
 */
export interface ReplayBuffer {
  readonly capacity: number;
  /** Rows held. */
  size: number;
  /** Where the next row goes. */
  next: number;
  rows: Float32Array;
  readonly layout: ReplayLayout;
}

export interface ReplayLayout {
  readonly observation: number;
  readonly action: number;
  /** Choices of which it is kept whether they are allowed next; 0 where it is not. */
  readonly choices: number;
  /** Numbers in a row. */
  readonly width: number;
}

const bitsInNumber = 24;

/** Numbers of a row that a mask takes. */
export const numbersOfMask = (choices: number): number => Math.ceil(choices / bitsInNumber);

export const replayLayout = (observation: number, action: number, choices = 0): ReplayLayout => ({
  observation,
  action,
  choices,
  width: 2 * observation + action + 3 + numbersOfMask(choices),
});

/** Where in a row it stands what is allowed next. */
const allowedAt = ({ observation, action }: ReplayLayout): number => 2 * observation + action + 3;
const allOpen = 2 ** bitsInNumber - 1;

/** Whether a choice is allowed after row `row`. */
export const isAllowedNext = (row: Float32Array, layout: ReplayLayout, choice: number): boolean =>
  isAllowed(row, allowedAt(layout), choice);

/** Whether a choice is allowed by the mask that begins at `at` of a row. */
export const isAllowed = (row: Float32Array, at: number, choice: number): boolean =>
  ((row[at + Math.floor(choice / bitsInNumber)]! >> (choice % bitsInNumber)) & 1) === 1;

/** Writes mask i of a batch's masks to `at` of a row; everything allowed where there are none. */
export function writeMask(
  masks: Uint8Array | undefined,
  i: number,
  choices: number,
  row: Float32Array,
  at: number,
): void {
  for (let from = 0, to = at; from < choices; from += bitsInNumber, to++) {
    let bits = allOpen;
    for (let c = from; masks && c < Math.min(choices, from + bitsInNumber); c++)
      if (!masks[i * choices + c]) bits &= ~(1 << (c - from));
    row[to] = bits;
  }
}

/** Row i of an n x choices array of what is added to values: 0 where a choice is allowed next, else less than any. */
export function forbidNext(
  forbidden: Float32Array,
  i: number,
  layout: ReplayLayout,
  row: Float32Array,
): void {
  for (let choice = 0; choice < layout.choices; choice++)
    forbidden[i * layout.choices + choice] = isAllowedNext(row, layout, choice) ? 0 : -1e9;
}

/** Rows of a layout that did not keep it, as this one: everything allowed. */
export function withAllAllowed(rows: Float32Array, layout: ReplayLayout): Float32Array {
  const { width } = layout;
  const before = allowedAt(layout);
  const out = new Float32Array((rows.length / before) * width).fill(allOpen);
  for (let i = 0; i * before < rows.length; i++)
    out.set(rows.subarray(i * before, (i + 1) * before), i * width);
  return out;
}

/** Rows that end with a mask of `from` choices, with one of `to`: none of the new ones could be chosen then. */
export function moreClosed(
  rows: Float32Array,
  size: number,
  { from, to }: { readonly from: number; readonly to: number },
): Float32Array {
  const width = size > 0 ? rows.length / size : 0;
  const more = numbersOfMask(to) - numbersOfMask(from);
  const out = new Float32Array(size * (width + more));
  const open = from % bitsInNumber;
  for (let i = 0; i < size; i++) {
    const at = i * (width + more);
    out.set(rows.subarray(i * width, (i + 1) * width), at);
    // Bits beyond the last choice were open.
    if (open > 0) out[at + width - 1] = out[at + width - 1]! & (2 ** open - 1);
  }
  return out;
}

export function replayBuffer(capacity: number, layout: ReplayLayout): ReplayBuffer {
  return {
    capacity,
    size: 0,
    next: 0,
    rows: new Float32Array(Math.min(capacity, 1024) * layout.width),
    layout,
  };
}

/** Puts a row into the ring; answers where. Item numbers stay exact in float32 up to 16.7 million. */
export function storeRow(buffer: ReplayBuffer, row: Float32Array): number {
  const { width } = buffer.layout;
  const at = buffer.next;
  if ((at + 1) * width > buffer.rows.length) {
    const grown = new Float32Array(Math.min(buffer.capacity, 2 * (buffer.rows.length / width)) * width);
    grown.set(buffer.rows);
    buffer.rows = grown;
  }
  buffer.rows.set(row, at * width);
  buffer.next = (at + 1) % buffer.capacity;
  buffer.size = Math.max(buffer.size, at + 1);
  return at;
}

/** The slot that was chosen, from what a row keeps of it; -1 for none. */
export const chosenSlot = (kept: number, slots: number): number => (kept < slots ? kept : kept - slots);

/** Row i of a batch of transitions, laid out for the buffer. Throws RangeError where a slate is invented around no answer. */
export function rowOf(
  batch: TransitionBatch,
  i: number,
  layout: ReplayLayout,
  out: Float32Array,
): Float32Array {
  const { observation, action } = layout;
  const chosen = batch.chosen?.[i] ?? -1;
  const invented = batch.invented?.[i] === 1;
  // The slot of an invented slate is kept with the number of slots added: no answer, -1, would read as the last slot of a shown one.
  if (invented && chosen < 0)
    throw new RangeError(`row ${i} is invented and nothing was chosen in it; accepted: a slot`);
  out.set(batch.observations.subarray(i * observation, (i + 1) * observation), 0);
  out.set(batch.nextObservations.subarray(i * observation, (i + 1) * observation), observation);
  out.set(batch.actions.subarray(i * action, (i + 1) * action), 2 * observation);
  const rest = 2 * observation + action;
  out[rest] = batch.rewards[i]!;
  out[rest + 1] = batch.discounts[i]!;
  out[rest + 2] = chosen + (invented ? action : 0);
  writeMask(batch.nextMasks, i, layout.choices, out, rest + 3);
  return out;
}
