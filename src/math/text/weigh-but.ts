/**
 * "but" halves what was felt before it and raises what comes after by half. The original walks over the values and
 * changes, each time, the *first place in the list that holds the same value* (Python's `list.index`), which is not the
 * place it is at when values repeat. That is kept, since scores must be equal; what is not kept is searching the list
 * for each value: the places of every value walked over so far are remembered, smallest first.
 */
export function weighBut(values: number[], but: number): void {
  const places = new Map<number, number[]>();
  for (let at = 0; at < values.length; at++) {
    const value = values[at]!;
    if (value === 0) continue;
    const same = places.get(value);
    const first = same ? same[0]! : at;
    if (same) same.push(at);
    else places.set(value, [at]);
    if (first === but) continue;
    const weighed = value * (first < but ? 0.5 : 1.5);
    values[first] = weighed;
    const held = places.get(value)!;
    held.shift();
    if (held.length === 0) places.delete(value);
    const target = places.get(weighed);
    if (!target) places.set(weighed, [first]);
    else {
      let i = target.length;
      while (i > 0 && target[i - 1]! > first) i--;
      target.splice(i, 0, first);
    }
  }
}
