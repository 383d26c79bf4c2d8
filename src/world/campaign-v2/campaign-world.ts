import { type Rng, rng } from '../../core/index.ts';
import { checkChoices } from '../check-choices.ts';
import type { StepInfo, World } from '../world.ts';
import { type Message, messages, offers } from './actions.ts';
import { allowed } from './allowed.ts';
import { answerHazards, interestedIn, pullOf } from './answer.ts';
import {
  bundleBasket,
  contactCost,
  daysOutOfStock,
  fatigueKept,
  fatigueOf,
  leaveBase,
  leaveRise,
  lostByLeaving,
  margin,
  offerSlots,
  outOfStock,
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
  readonly stock: number;
  readonly money: string;
}

const lastWeek = 2 ** (7 * slotsADay) - 1;
/** Bits of what happened in a step. */
const [visited, answered, purchased, withdrew] = [1, 2, 4, 8];
/** What brought a visit: the shopper, or an answer to a message, a bundle or an offer. */
type Cause = 0 | 1 | 2 | 3;
const answers = [1, 2, 3] as const;

/** n shoppers, each with a stream of its own for each of its episodes: five uniform numbers a slot, whatever is done. */
export function campaignWorld(n: number, options: CampaignOptions): World {
  const spec = campaignSpec(options.budget);
  const { size } = spec;
  const comes = answerHazards(options.delay);
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
  /** Of each shopper by cause: the chance that an answer is on its way, given that none has come yet. */
  const interest = new Float64Array(n * 4);
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
    time[i] = sent[i] = fatigue[i] = spent[i] = 0;
    interest.fill(0, 4 * i, 4 * i + 4);
    seen[i * size + feature.bundleInStock] = streams[i]!.float() < options.stock ? 1 : 0;
    seen[i * size + feature.budgetLeft] = options.budget;
  };

  /** Sends a message; answers what it costs at once. */
  function contact(i: number, action: number, leaves: number): number {
    const at = i * size;
    const { kind } = messages[action]!;
    const channel = Math.floor((action - 1) / offers.length);
    const tired = fatigue[i]!;
    const cause = kind === 'plain' ? 1 : kind === 'bundle' ? 2 : 3;
    const pulled = pullOf(seen, at, kind, channel, evening[i]!, tired);
    const place = 4 * i + cause;
    interest[place] = 1 - (1 - interest[place]!) * (1 - (cause === 3 ? interestedIn(pulled) : pulled));
    spent[i]! += contactCost[channel]!;
    if (kind !== 'plain') {
      seen[at + feature.offer] = 1 + ((action - 1) % offers.length);
      seen[at + feature.offerDaysLeft] = offerSlots / slotsADay;
    }
    const chance = leaveBase + leaveRise * tired * tired;
    const lost = lostByLeaving * margin * seen[at + feature.monetaryValue]!;
    const left = leaves < chance;
    if (left) {
      seen[at + feature.consent + channel] = 0;
      happened[i]! |= withdrew;
    }
    if (options.fatigue)
      fatigue[i]! += fatigueOf[channel]! * (1.4 - 0.8 * seen[at + feature.engagementScore]!);
    sent[i]! |= 1;
    seen[at + feature.daysSinceContact] = 0;
    return contactCost[channel]! + lost * (options.money === 'expected' ? chance : left ? 1 : 0);
  }

  /** The offer that counts at a visit now: a bundle only in stock, and with who does not buy of its department alone. */
  function openOffer(at: number): Omit<Message, 'channel'> | undefined {
    const open = seen[at + feature.offer]!;
    const offer = open > 0 ? offers[open - 1] : undefined;
    const noBundle = seen[at + feature.department] === 1 || seen[at + feature.bundleInStock] === 0;
    return offer?.kind === 'bundle' && noBundle ? undefined : offer;
  }

  /** The visits, answers and purchases of a slot; answers what they bring. */
  function live(i: number, which: number, luck: number, how: number): number {
    const at = i * size;
    const cell = cellOf(
      seen[at + feature.department]! - 1,
      seen[at + feature.lastPurchaseDays]!,
      seen[at + feature.monetaryValue]!,
    );
    const liking = 2 * (time[i]! % slotsADay === 1 ? evening[i]! : 1 - evening[i]!);
    const offer = openOffer(at);
    const sensitive = seen[at + feature.discountSensitive]! > 0;
    const freeShipping = seen[at + feature.freeShippingPreferred]! > 0;
    const buysBy = (cause: Cause): number =>
      buysWith(buys[cause === 3 ? 1 : cause]![cell]!, offer, sensitive, freeShipping);
    const own = hazard[cell]! * weekdayFactor[seen[at + feature.weekday]! - 1]! * liking;
    let expected = own * buysBy(0);
    let cause: Cause | undefined = which < own ? 0 : undefined;
    let [missed, reached] = [1 - own, own];
    for (const answer of answers) {
      const coming = interest[4 * i + answer]! * comes[answer]!;
      if (coming === 0) continue;
      expected += missed * coming * buysBy(answer);
      reached += missed * coming;
      missed *= 1 - coming;
      if (cause === undefined && which < reached) cause = answer;
    }
    const average = expected * earned(meanBasket, offer).margin;
    let drawn = 0;
    if (cause !== undefined) {
      happened[i]! |= visited;
      if (luck < buysBy(cause)) drawn = purchase(i, basket(how), offer);
    }
    if (cause === undefined)
      for (const answer of answers) {
        const chance = interest[4 * i + answer]!;
        interest[4 * i + answer] = (chance * (1 - comes[answer]!)) / (1 - chance * comes[answer]!);
      }
    else if (cause > 0) {
      happened[i]! |= answered;
      seen[at + feature.recency] = 0;
      interest.fill(0, 4 * i, 4 * i + 4);
    }
    return options.money === 'expected' ? average : drawn;
  }

  function purchase(i: number, price: number, offer: Omit<Message, 'channel'> | undefined): number {
    const at = i * size;
    const money = earned(price, offer);
    dollars[i] = price * (offer?.kind === 'bundle' ? bundleBasket : 1);
    happened[i]! |= purchased;
    seen[at + feature.frequency] = Math.min(200, seen[at + feature.frequency]! + 1);
    seen[at + feature.monetaryValue]! += dollars[i]!;
    seen[at + feature.lastPurchaseDays] = 0;
    closeOffer(i);
    spent[i]! += money.offer;
    return money.margin;
  }

  function closeOffer(i: number): void {
    seen[i * size + feature.offer] = 0;
    seen[i * size + feature.offerDaysLeft] = 0;
    interest[4 * i + 3] = 0;
  }

  function pass(i: number, stock: number): void {
    const at = i * size;
    time[i]!++;
    fatigue[i]! *= fatigueKept;
    sent[i] = (sent[i]! << 1) & lastWeek;
    seen[at + feature.contactsLastWeek] = bits(sent[i]!);
    seen[at + feature.budgetLeft] = Math.max(0, options.budget - spent[i]!);
    seen[at + feature.slot] = 1 + (time[i]! % slotsADay);
    if (time[i]! % slotsADay > 0) return;
    const moves = seen[at + feature.bundleInStock]! > 0 ? outOfStock(options.stock) : 1 / daysOutOfStock;
    if (stock < moves) seen[at + feature.bundleInStock] = 1 - seen[at + feature.bundleInStock]!;
    seen[at + feature.day] = time[i]! / slotsADay;
    seen[at + feature.weekday] = 1 + (seen[at + feature.weekday]! % 7);
    seen[at + feature.recency] = Math.min(365, seen[at + feature.recency]! + 1);
    seen[at + feature.lastPurchaseDays] = Math.min(730, seen[at + feature.lastPurchaseDays]! + 1);
    seen[at + feature.daysSinceContact] = Math.min(90, seen[at + feature.daysSinceContact]! + 1);
    if (seen[at + feature.offer] === 0) return;
    if (--seen[at + feature.offerDaysLeft]! <= 0) closeOffer(i);
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
        const [which, leaves, luck, how, stock] = [
          stream.float(),
          stream.float(),
          stream.float(),
          stream.float(),
          stream.float(),
        ];
        const at = i * size;
        happened[i] = 0;
        const cost = actions[i]! > 0 && mayDo(i, actions[i]!) ? contact(i, actions[i]!, leaves) : 0;
        rewards[i] = live(i, which, luck, how) - cost;
        pass(i, stock);
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
