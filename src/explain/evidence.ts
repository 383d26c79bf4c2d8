/**
 * What can be counted, for saying why: how often an item was chosen, how often this week, and how often it was chosen
 * with or soon after another one. A fold over interactions of interest, in order of time; every number a reason names
 * is one of these counts.
 *
 *   shopper:  a . . b . c          pairs counted: a->b, a->c, b->c   (at most `reach` back, within `span`)
 *   same time: both directions
 */
export interface Evidence {
  /** Takes in one interaction of interest with an item number. */
  add(shopper: string, item: number, time: number): void;
  /** Interactions with the item, ever. */
  interactions(item: number): number;
  /** Interactions within the seven days (UTC) that end with the one of `now`. */
  week(item: number, now: number): number;
  /** How often `next` was chosen with or soon after `previous`. */
  after(previous: number, next: number): number;
  /** Items chosen with, soon after or soon before this one, with how often. */
  neighbours(item: number): readonly { readonly item: number; readonly count: number }[];
  /** Time of the newest interaction, or undefined. */
  readonly newest: number | undefined;
  readonly size: number;
}

const day = 86_400_000;
const days = 7;
const reach = 5;
const span = 7 * day;
/** Companions kept for one item; beyond twice as many, the rarest half is forgotten. */
const kept = 200;

export function evidence(): Evidence {
  let total = new Uint32Array(1024);
  let weekly = new Uint32Array(1024 * days);
  let size = 0;
  let newest: number | undefined;
  const recent = new Map<string, { item: number; time: number }[]>();
  const followers = new Map<number, Map<number, number>>();
  const leaders = new Map<number, Map<number, number>>();

  const grow = (item: number): void => {
    size = Math.max(size, item + 1);
    if (item < total.length) return;
    const length = Math.max(item + 1, total.length * 2);
    const longer = new Uint32Array(length);
    longer.set(total);
    total = longer;
    const wider = new Uint32Array(length * days);
    wider.set(weekly);
    weekly = wider;
  };
  const turn = (time: number): void => {
    const from = newest === undefined ? Math.floor(time / day) - days : Math.floor(newest / day);
    const to = Math.floor(time / day);
    for (let d = Math.max(from + 1, to - days + 1); d <= to; d++) {
      for (let i = d % days; i < weekly.length; i += days) weekly[i] = 0;
    }
    newest = Math.max(newest ?? time, time);
  };
  const pair = (previous: number, next: number): void => {
    count(followers, previous, next);
    count(leaders, next, previous);
  };

  return {
    add(shopper, item, time) {
      grow(item);
      if (newest === undefined || time > newest) turn(time);
      total[item]!++;
      if (Math.floor(time / day) > Math.floor(newest! / day) - days) {
        weekly[item * days + (Math.floor(time / day) % days)]!++;
      }
      const past = recent.get(shopper) ?? [];
      for (const before of past) {
        if (before.item === item || Math.abs(time - before.time) > span) continue;
        pair(before.item, item);
        if (before.time === time) pair(item, before.item);
      }
      recent.set(shopper, [...past.filter((p) => p.item !== item), { item, time }].slice(-reach));
    },
    interactions: (item) => total[item] ?? 0,
    week(item, now) {
      if (newest === undefined) return 0;
      const last = Math.floor(newest / day);
      let sum = 0;
      for (let d = Math.max(last - days + 1, Math.floor(now / day) - days + 1); d <= last; d++) {
        sum += weekly[item * days + (d % days)] ?? 0;
      }
      return sum;
    },
    after: (previous, next) => followers.get(previous)?.get(next) ?? 0,
    neighbours(item) {
      const counts = new Map(followers.get(item) ?? []);
      for (const [other, n] of leaders.get(item) ?? []) counts.set(other, (counts.get(other) ?? 0) + n);
      return [...counts].map(([other, n]) => ({ item: other, count: n }));
    },
    get newest() {
      return newest;
    },
    get size() {
      return size;
    },
  };
}

function count(pairs: Map<number, Map<number, number>>, from: number, to: number): void {
  let counts = pairs.get(from);
  if (!counts) {
    counts = new Map();
    pairs.set(from, counts);
  }
  counts.set(to, (counts.get(to) ?? 0) + 1);
  if (counts.size > 2 * kept) {
    pairs.set(from, new Map([...counts].sort((a, b) => b[1] - a[1]).slice(0, kept)));
  }
}
