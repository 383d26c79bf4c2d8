import type { Validation } from './agent.ts';
import { pickOnValidation } from './pick-on-validation.ts';

/** How fast what a shopper took loses its weight in the scores of count agents: an interaction of age a weighs decay^a. */
export const profileDecaySetting = {
  type: 'number',
  default: 0,
  min: 0,
  max: 1,
  doc: 'weight of an interaction for each newer one; 0 picks .3, .6, .8 or 1 on validation (.8 where there is none)',
} as const;

/** What is picked from; the first where there is nothing to pick on. */
export const profileDecays: readonly [number, ...number[]] = [0.8, 0.6, 0.3, 1];

/** The same where a shopper is folded in as factors at serving. */
export const factorDecaySetting = {
  ...profileDecaySetting,
  doc: 'weight of an interaction for each newer one, at serving; 0 picks .3, .5, .7 or .85 on validation (.5 where there is none)',
} as const;
export const factorDecays: readonly [number, ...number[]] = [0.5, 0.3, 0.7, 0.85];

/** The decay asked for, else the one of `grid` that validation likes best, with what it reached there. */
export function chooseProfileDecay(
  asked: number,
  validation: Validation | undefined,
  historySize: number,
  score: (history: Int32Array, length: number, decay: number, out: Float32Array) => void,
  grid: readonly [number, ...number[]] = profileDecays,
): { readonly profileDecay: number; readonly [figure: string]: number } {
  if (asked || !validation) return { profileDecay: asked || grid[0] };
  const { best, ndcg } = pickOnValidation(validation, historySize, grid, score);
  return { profileDecay: best, 'validation.ndcg@10': ndcg };
}
