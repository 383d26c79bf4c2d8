import { add } from './elementwise.ts';
import type { Value } from './graph.ts';

/**
 * Reverse-mode differentiation: the gradients of `of` (a scalar, or any shape with `seed` as the gradient flowing in)
 * with respect to each of `by`, as nodes added to the graph. One walk forward over the tape marks what depends on
 * `by`, one walk back emits the rules of exactly that: nothing is computed for inputs nobody asked about.
 *
 * Throws RangeError where `of` does not depend on one of them: a gradient of zero is a mistake in the model.
 */
export function gradients(of: Value, by: readonly Value[], seed?: Value): Value[] {
  if (!seed && of.shape.length > 0) throw new RangeError(`a gradient of shape [${of.shape}] needs a seed`);
  const tape = [...of.graph.tape];
  const depends = new Set(by.map((value) => value.name));
  for (const { output, rules } of tape)
    if (rules.some(([input]) => depends.has(input.name))) depends.add(output.name);

  const found = new Map<string, Value>([[of.name, seed ?? of.graph.constant(1)]]);
  for (const { output, rules } of tape.reverse()) {
    const arriving = found.get(output.name);
    if (!arriving) continue;
    for (const [input, rule] of rules) {
      if (!depends.has(input.name)) continue;
      const sofar = found.get(input.name);
      const more = rule(arriving);
      found.set(input.name, sofar ? add(sofar, more) : more);
    }
  }
  return by.map((value) => {
    const gradient = found.get(value.name);
    if (!gradient) throw new RangeError(`"${of.name}" does not depend on "${value.name}"`);
    return gradient;
  });
}
