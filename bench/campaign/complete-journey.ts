import { readTable } from './read-table.ts';

/**
 * Complete Journey's coupons: what was redeemed, by whom and when. Observational: who got a campaign was not left to
 * chance (households that buy more are mailed more and redeem more), so differences between households are no effects.
 */
export interface CouponFigures {
  /** Mailings and how many of them were redeemed, by campaign type. */
  readonly types: readonly { readonly type: string; readonly mailed: number; readonly redeemed: number }[];
  /** Two kinds of households by their redemptions of type A campaigns: a mixture of two binomials. */
  readonly kinds: { readonly share: number; readonly high: number; readonly low: number };
  /** How many households have redeemed k of n type A campaigns, `counts[n][k]`. */
  readonly counts: readonly (readonly number[])[];
  /** Hazard a day of the first redemption of a mailing that is redeemed while its campaign lasts. */
  readonly dailyHazard: number;
  /** Days to the first redemption (any type), ascending. */
  readonly delays: readonly number[];
  /** Median share of the price that a coupon took off. */
  readonly medianDepth: number;
  /** Share of baskets on each weekday, Monday first. */
  readonly weekdays: readonly number[];
}

const day = 86_400_000;

export function readCompleteJourney(datasets: string): CouponFigures {
  const table = (name: string): Record<string, string>[] =>
    readTable(datasets, `complete-journey-coupons/${name}`);
  const campaigns = new Map(
    table('campaign_descriptions').map((row) => [
      row.campaign_id!,
      { type: row.campaign_type!, from: Date.parse(row.start_date!), to: Date.parse(row.end_date!) },
    ]),
  );
  const first = new Map<string, number>();
  for (const row of table('coupon_redemptions')) {
    const key = `${row.household_id} ${row.campaign_id}`;
    const delay = (Date.parse(row.redemption_date!) - campaigns.get(row.campaign_id!)!.from) / day;
    first.set(key, Math.min(first.get(key) ?? Infinity, delay));
  }
  const types = new Map<string, { mailed: number; redeemed: number }>();
  const households = new Map<string, { mailed: number; redeemed: number }>();
  const waits: { delay: number; length: number }[] = [];
  for (const { household_id, campaign_id } of table('campaigns')) {
    const { type, from, to } = campaigns.get(campaign_id!)!;
    const delay = first.get(`${household_id} ${campaign_id}`);
    const counted = [types.get(type) ?? { mailed: 0, redeemed: 0 }];
    types.set(type, counted[0]!);
    if (type === 'Type A') {
      counted.push(households.get(household_id!) ?? { mailed: 0, redeemed: 0 });
      households.set(household_id!, counted[1]!);
    }
    for (const count of counted) {
      count.mailed++;
      if (delay !== undefined) count.redeemed++;
    }
    if (delay !== undefined) waits.push({ delay, length: (to - from) / day });
  }
  const most = Math.max(...[...households.values()].map(({ mailed }) => mailed));
  const counts = Array.from({ length: most + 1 }, (_, n) => new Array<number>(n + 1).fill(0));
  for (const { mailed, redeemed } of households.values()) counts[mailed]![redeemed]!++;
  return {
    types: [...types].map(([type, count]) => ({ type, ...count })).sort((a, b) => (a.type < b.type ? -1 : 1)),
    kinds: twoKinds([...households.values()]),
    counts,
    dailyHazard: hazardOf(waits),
    delays: waits.map(({ delay }) => delay).sort((a, b) => a - b),
    ...ofBaskets(table('transactions_sample')),
  };
}

/** Expectation-maximisation for share, high and low of a mixture of two binomials. */
function twoKinds(households: readonly { mailed: number; redeemed: number }[]): CouponFigures['kinds'] {
  let [share, high, low] = [0.3, 0.4, 0.05];
  for (let round = 0; round < 500; round++) {
    const sums = { high: 0, highMailed: 0, highRedeemed: 0, lowMailed: 0, lowRedeemed: 0 };
    for (const { mailed, redeemed } of households) {
      const a = share * high ** redeemed * (1 - high) ** (mailed - redeemed);
      const b = (1 - share) * low ** redeemed * (1 - low) ** (mailed - redeemed);
      const of = a / (a + b);
      sums.high += of;
      sums.highMailed += of * mailed;
      sums.highRedeemed += of * redeemed;
      sums.lowMailed += (1 - of) * mailed;
      sums.lowRedeemed += (1 - of) * redeemed;
    }
    share = sums.high / households.length;
    high = sums.highRedeemed / sums.highMailed;
    low = sums.lowRedeemed / sums.lowMailed;
  }
  return { share, high, low };
}

/** The hazard of largest likelihood of geometric waits that are cut at the length of their campaign, by bisection. */
function hazardOf(waits: readonly { delay: number; length: number }[]): number {
  const within = waits.filter(({ delay, length }) => delay <= length);
  const mean = within.reduce((sum, { delay }) => sum + delay, 0) / within.length;
  const expected = (h: number): number =>
    within.reduce((sum, { length }) => {
      let [weight, all, days] = [1, 0, 0];
      for (let d = 0; d <= length; d++, weight *= 1 - h) {
        all += weight;
        days += d * weight;
      }
      return sum + days / all;
    }, 0) / within.length;
  let [low, high] = [1e-4, 0.9];
  for (let round = 0; round < 60; round++) {
    const middle = (low + high) / 2;
    if (expected(middle) > mean) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

function ofBaskets(rows: readonly Record<string, string>[]): { medianDepth: number; weekdays: number[] } {
  const depths: number[] = [];
  const days = new Map<string, number>();
  for (const row of rows) {
    const off = Number(row.coupon_disc);
    if (off > 0) depths.push(off / (Number(row.sales_value) + off));
    days.set(row.basket_id!, (new Date(row.transaction_timestamp!).getUTCDay() + 6) % 7);
  }
  depths.sort((a, b) => a - b);
  const counts = new Array<number>(7).fill(0);
  for (const weekday of days.values()) counts[weekday]!++;
  return { medianDepth: depths[Math.floor(depths.length / 2)]!, weekdays: counts.map((c) => c / days.size) };
}
