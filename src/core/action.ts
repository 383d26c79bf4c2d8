/**
 * What a policy may choose. A batch of actions is one flat array of n rows, `actionSize` numbers each: an Int32Array
 * for the discrete kinds, a Float32Array for `box`.
 */
export type ActionSpec =
  | { readonly kind: 'choice'; readonly n: number }
  | { readonly kind: 'parts'; readonly parts: readonly { readonly name: string; readonly n: number }[] }
  | { readonly kind: 'slate'; readonly k: number; readonly n: number }
  | { readonly kind: 'box'; readonly size: number; readonly low: number; readonly high: number }
  | {
      readonly kind: 'composite';
      readonly specs: readonly { readonly name: string; readonly spec: ActionSpec }[];
    };

export type Actions = Int32Array | Float32Array;

/** Numbers in one action of this kind. */
export function actionSize(spec: ActionSpec): number {
  switch (spec.kind) {
    case 'choice':
      return 1;
    case 'parts':
      return spec.parts.length;
    case 'slate':
      return spec.k;
    case 'box':
      return spec.size;
    case 'composite':
      return spec.specs.reduce((sum, part) => sum + actionSize(part.spec), 0);
  }
}
