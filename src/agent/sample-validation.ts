import { sequencesOf } from '../core/index.ts';
import type { Validation } from './agent.ts';
import { evenly } from './pick-on-validation.ts';

/** `count` cases of a validation set, spread evenly: for agents whose scores cost too much to pick by all of them. */
export function sampleValidation(validation: Validation, count: number): Validation {
  const { inputs, targets } = validation;
  const rows = [...evenly(inputs.n, count)];
  const lists = rows.map((row) => [...inputs.items.subarray(inputs.offsets[row]!, inputs.offsets[row + 1]!)]);
  return {
    ...validation,
    inputs: sequencesOf(lists, inputs.itemCount),
    targets: Int32Array.from(rows, (row) => targets[row]!),
  };
}
