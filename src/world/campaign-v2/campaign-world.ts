import { type Rng, rng } from '../../core/index.ts';
import { checkChoices } from '../check-choices.ts';
import type { StepInfo, World } from '../world.ts';
import { messages, offers } from './actions.ts';
import { allowed } from './allowed.ts';
import { answerDelay, pullOf } from './answer.ts';
import {
  bundleBasket,
  contactCost,
  fatigueKept,
  fatigueOf,
  leaveBase,
  leaveRise,
  lostByLeaving,
  margin,
  slots,
  slotsADay,
} from './parameters.ts';
import { basket, buys, buysWith, cellOf, earned, hazard, meanBasket, weekdayFactor } from './rates.ts';
import { campaignSpec, drawShopper, feature } from './shoppers.ts';

export interface CampaignOptions {
  readonly fatigue: boolean;
  /** Days. */
  readonly delay: number;
  readonly budget: number;
  readonly cap: number;
  readonly money: string;
}

const lastWeek = 2 ** (7 * slotsADay) - 1;
/** Bits of what happened in a step. */
const [visited, answered, purchased, withdrew] = [1, 2, 4, 8];

/** n shoppers, each with a stream of its own for each of its episodes: six uniform numbers a slot, whatever is done. */
export function campaignWorld(n: number, options: CampaignOptions): World {
  const spec = campaignSpec(options.budget);
  const { size } = spec;
  const seen = new Float32Array(n * size);
  const finalObservations = new Float32Array(n * size);
  const rewards = new Float32Array(n);
  const terminated = new Uint8Array(n);
  const truncated = new Uint8Array(n);
  const masks = new Uint8Array(n * messages.length);
  const time = new Int32Array(n);
  const episodes = new Int32Array(n);
  /** Bit k: a message k slots ago. */
  const sent = new Int32Array(n);
  /** The slot in which an answer comes, or -1, and what it answers to: 1 a message, 2 a bundle. */
  const due = new Int32Array(n);
  const dueTo = new Uint8Array(n);
  const fatigue = new Float64Array(n);
  const evening = new Float64Array(n);
  const spent = new Float64Array(n);
  const happened = new Uint8Array(n);
  const dollars = new Float64Array(n);
  let roots: Rng[] = [];
  let streams: Rng[] = [];

  const begin = (i: number): void => {
    streams[i] = roots[i]!.fork(episodes[i]!++);
    evening[i] = drawShopper(streams[i]!, seen, i * size);
    time[i] = sent[i] = dueTo[i] = fatigue[i] = spent[i] = 0;
    due[i] = -1;
    seen[i * size + feature.budgetLeft] = options.budget;
  };

  /** Sends a message; answers what it costs at once. */
  function contact(i: number, action: number, answers: number, delays: number, leaves: number): number {
    const at = i * size;
    const { kind } = messages[action]!;
    const channel = Math.floor((action - 1) / offers.length);
    let cost: number = contactCost[channel]!;
    spent[i]! += cost;
    if (kind !== 'plain') {
      seen[at + feature.offer] = 1 + ((action - 1) % offers.length);
      seen[at + feature.offerDaysLeft] = 28;
    }
    const tired = fatigue[i]!;
    if (answers < pullOf(seen, at, kind, channel, evening[i]!, tired)) {
      const comes = time[i]! + answerDelay(kind, options.delay, delays);
      if (due[i]! < 0 || comes < due[i]!) {
        due[i] = comes;
        dueTo[i] = kind === 'bundle' ? 2 : 1;
      }
    }
    if (leaves < leaveBase + leaveRise * tired * tired) {
      seen[at + feature.consent + channel] = 0;
      cost += lostByLeaving * margin * seen[at + feature.monetaryValue]!;
      happened[i]! |= withdrew;
    }
    if (options.fatigue)
      fatigue[i]! += fatigueOf[channel]! * (1.4 - 0.8 * seen[at + feature.engagementScore]!);
    sent[i]! |= 1;
    seen[at + feature.daysSinceContact] = 0;
    return cost;
  }

  /** A visit, pulled by nothing (0), a message (1) or a bundle (2); answers what it brings. */
  function visit(i: number, by: number, luck: number, size_: number): number {
    const at = i * size;
    const cell = cellOf(
      seen[at + feature.department]! - 1,
      seen[at + feature.lastPurchaseDays]!,
      seen[at + feature.monetaryValue]!,
    );
    const open = seen[at + feature.offer]!;
    const offer = open > 0 ? offers[open - 1] : undefined;
    const fits = offer?.kind === 'bundle' && seen[at + feature.department] === 1 ? undefined : offer;
    const p = buysWith(
      buys[by]![cell]!,
      fits,
      seen[at + feature.discountSensitive]! > 0,
      seen[at + feature.freeShippingPreferred]! > 0,
    );
    happened[i]! |= visited | (by > 0 ? answered : 0);
    if (by > 0) seen[at + feature.recency] = 0;
    const drawn = earned(basket(size_), fits);
    if (luck < p) {
      dollars[i] = basket(size_) * (fits?.kind === 'bundle' ? bundleBasket : 1);
      happened[i]! |= purchased;
      seen[at + feature.frequency] = Math.min(200, seen[at + feature.frequency]! + 1);
      seen[at + feature.monetaryValue]! += dollars[i]!;
      seen[at + feature.lastPurchaseDays] = 0;
      seen[at + feature.offer] = 0;
      seen[at + feature.offerDaysLeft] = 0;
      spent[i]! += drawn.offer;
    }
    if (options.money === 'drawn') return luck < p ? drawn.margin : 0;
    return p * earned(meanBasket, fits).margin;
  }

  function pass(i: number): void {
    const at = i * size;
    time[i]!++;
    fatigue[i]! *= fatigueKept;
    sent[i] = (sent[i]! << 1) & lastWeek;
    seen[at + feature.contactsLastWeek] = bits(sent[i]!);
    seen[at + feature.budgetLeft] = Math.max(0, options.budget - spent[i]!);
    seen[at + feature.slot] = 1 + (time[i]! % slotsADay);
    if (time[i]! % slotsADay > 0) return;
    seen[at + feature.day] = time[i]! / slotsADay;
    seen[at + feature.weekday] = 1 + (seen[at + feature.weekday]! % 7);
    seen[at + feature.recency] = Math.min(365, seen[at + feature.recency]! + 1);
    seen[at + feature.lastPurchaseDays] = Math.min(730, seen[at + feature.lastPurchaseDays]! + 1);
    seen[at + feature.daysSinceContact] = Math.min(90, seen[at + feature.daysSinceContact]! + 1);
    if (seen[at + feature.offer] === 0) return;
    if (--seen[at + feature.offerDaysLeft]! <= 0) seen[at + feature.offer] = 0;
  }

  const mayDo = (i: number, action: number): boolean => allowed(seen, i * size, action, options.cap);

  return {
    id: 'campaign-v2',
    observation: spec,
    action: { kind: 'choice', n: messages.length },
    n,
    reset(seed) {
      const root = rng(seed);
      roots = Array.from({ length: n }, (_, i) => root.fork(i));
      streams = [...roots];
      episodes.fill(0);
      for (let i = 0; i < n; i++) begin(i);
      return seen;
    },
    masks() {
      for (let i = 0; i < n; i++)
        for (let a = 0; a < messages.length; a++) masks[i * messages.length + a] = mayDo(i, a) ? 1 : 0;
      return masks;
    },
    step(actions) {
      checkChoices('campaign-v2', actions, n, messages.length);
      for (let i = 0; i < n; i++) {
        const stream = streams[i]!;
        const [own, answers, delays, leaves, luck, size_] = [
          stream.float(),
          stream.float(),
          stream.float(),
          stream.float(),
          stream.float(),
          stream.float(),
        ];
        const at = i * size;
        happened[i] = 0;
        let reward = 0;
        if (actions[i]! > 0 && mayDo(i, actions[i]!))
          reward -= contact(i, actions[i]!, answers, delays, leaves);
        const slot = time[i]! % slotsADay;
        const liking = 2 * (slot === 1 ? evening[i]! : 1 - evening[i]!);
        const cell = cellOf(
          seen[at + feature.department]! - 1,
          seen[at + feature.lastPurchaseDays]!,
          seen[at + feature.monetaryValue]!,
        );
        if (due[i] === time[i]) {
          reward += visit(i, dueTo[i]!, luck, size_);
          due[i] = -1;
        } else if (own < hazard[cell]! * weekdayFactor[seen[at + feature.weekday]! - 1]! * liking)
          reward += visit(i, 0, luck, size_);
        rewards[i] = reward;
        pass(i);
        terminated[i] = time[i]! >= slots ? 1 : 0;
        if (!terminated[i]) continue;
        finalObservations.set(seen.subarray(at, at + size), at);
        begin(i);
      }
      return { observations: seen, rewards, terminated, truncated, finalObservations };
    },
    info: () => Array.from(happened, (bits_, i) => eventsOf(bits_, dollars[i]!)),
  };
}

function bits(x: number): number {
  let count = 0;
  for (let rest = x; rest > 0; rest &= rest - 1) count++;
  return count;
}

function eventsOf(happened: number, dollars: number): StepInfo {
  const events: { item: number; type: string; value?: number }[] = [];
  if (happened & visited) events.push({ item: -1, type: 'view' });
  if (happened & purchased) events.push({ item: -1, type: 'purchase', value: dollars });
  if (happened & withdrew) events.push({ item: -1, type: 'unsubscribe' });
  return { chosen: happened & answered ? 0 : -1, events };
}
