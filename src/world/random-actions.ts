import { type ActionSpec, type Actions, actionSize, type Rng } from '../core/index.ts';

/** Choices a mask speaks of: all of them for one choice or a slate, those of each part one after the other for parts. */
export function choiceCount(spec: ActionSpec): number {
  switch (spec.kind) {
    case 'choice':
    case 'slate':
      return spec.n;
    case 'parts':
      return spec.parts.reduce((sum, part) => sum + part.n, 0);
    case 'box':
      return 0;
    case 'composite':
      return spec.specs.reduce((sum, part) => sum + choiceCount(part.spec), 0);
  }
}

/** An empty batch of n actions of this kind: whole numbers unless a box is among them. */
export function emptyActions(spec: ActionSpec, n: number): Actions {
  const size = n * actionSize(spec);
  const box =
    spec.kind === 'box' || (spec.kind === 'composite' && spec.specs.some((p) => p.spec.kind === 'box'));
  return box ? new Float32Array(size) : new Int32Array(size);
}

/** Writes a uniformly random allowed action for world `row`; slates hold no item twice and end with -1 where too few are allowed. */
export function randomAction(
  spec: ActionSpec,
  row: number,
  stream: Rng,
  out: Actions,
  masks?: Uint8Array,
): void {
  fill(spec, out, row * actionSize(spec), stream, masks, row * choiceCount(spec));
}

function fill(
  spec: ActionSpec,
  out: Actions,
  at: number,
  stream: Rng,
  masks: Uint8Array | undefined,
  maskAt: number,
): void {
  switch (spec.kind) {
    case 'choice':
      out[at] = pick(allowed(spec.n, masks, maskAt), stream);
      return;
    case 'slate': {
      const open = allowed(spec.n, masks, maskAt);
      for (let slot = 0; slot < spec.k; slot++) out[at + slot] = open.length > 0 ? pick(open, stream) : -1;
      return;
    }
    case 'parts': {
      let offset = maskAt;
      spec.parts.forEach((part, i) => {
        out[at + i] = pick(allowed(part.n, masks, offset), stream);
        offset += part.n;
      });
      return;
    }
    case 'box':
      for (let i = 0; i < spec.size; i++) out[at + i] = spec.low + (spec.high - spec.low) * stream.float();
      return;
    case 'composite': {
      let [place, offset] = [at, maskAt];
      for (const part of spec.specs) {
        fill(part.spec, out, place, stream, masks, offset);
        place += actionSize(part.spec);
        offset += choiceCount(part.spec);
      }
    }
  }
}

function allowed(n: number, masks: Uint8Array | undefined, at: number): number[] {
  const open: number[] = [];
  for (let i = 0; i < n; i++) if (!masks || masks[at + i]) open.push(i);
  return open;
}

/** Takes one out. */
function pick(open: number[], stream: Rng): number {
  const at = stream.int(open.length);
  const choice = open[at]!;
  open[at] = open[open.length - 1]!;
  open.pop();
  return choice;
}
