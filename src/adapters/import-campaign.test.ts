import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { campaignFormats } from '../ingest/index.ts';
import { importCampaign } from './import-campaign.ts';

const folder = mkdtempSync(join(tmpdir(), 'tendril-campaign-'));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string): string => join(folder, name);
const file = (name: string, lines: readonly (string | object)[]): string => {
  writeFileSync(
    at(name),
    lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n'),
  );
  return at(name);
};
const formatOf = (name: string) => campaignFormats.find((each) => each.name === name)!;
const read = (name: string, files: readonly string[], out = at('out.csv')) =>
  importCampaign({ format: formatOf(name), files, out });
const written = (path = at('out.csv')): string[] => readFileSync(path, 'utf8').trim().split('\n');

describe('hillstrom', () => {
  const header =
    'recency,history_segment,history,mens,womens,zip_code,newbie,channel,segment,visit,conversion,spend';
  const row = (segment: string, spend = '0'): string =>
    `10,2) $100 - $200,142.44,1,0,Surburban,0,Phone,${segment},1,0,${spend}`;

  test('actions by lot with a third, outcomes as they are, the class of history left out', async () => {
    const { log } = await read('hillstrom', [
      file('h.csv', [header, row('Mens E-Mail', '29.99'), row('No E-Mail'), row('Womens E-Mail')]),
    ]);
    expect(written()).toEqual([
      'recency,history,mens,womens,zip_code,newbie,channel,action,propensity,visit,conversion,spend,assignment',
      '10,142.44,1,0,Surburban,0,Phone,Mens E-Mail,0.3333333333333333,1,0,29.99,randomised',
      '10,142.44,1,0,Surburban,0,Phone,No E-Mail,0.3333333333333333,1,0,0,randomised',
      '10,142.44,1,0,Surburban,0,Phone,Womens E-Mail,0.3333333333333333,1,0,0,randomised',
    ]);
    expect(log.observational).toBeUndefined();
    expect(log.columns).toContainEqual({ name: 'channel', words: ['Phone'] });
  });

  test.each([
    [[header, row('Mens Email')], 'line 2: segment is "Mens Email"; accepted: Mens E-Mail'],
    [[header, row('No E-Mail', 'much')], 'line 2: spend is "much"; accepted: a number'],
    [[header, row('No E-Mail').replace('142.44', 'NaN')], 'the feature history is "NaN"'],
    [['recency,history', '1,2'], 'there is no column "mens"'],
    [[header], 'has a header and no rows'],
  ])('a wrong row refuses it all: %#', async (lines, told) => {
    await expect(read('hillstrom', [file('bad.csv', lines)], at('refused.csv'))).rejects.toThrow(told);
    expect([existsSync(at('refused.csv')), existsSync(at('refused.csv.part'))]).toEqual([false, false]);
  });
});

describe('starbucks', () => {
  const offer = { reward: 5, difficulty: 10, duration: 3, offer_type: 'bogo', channels: ['web'], id: 'o1' };
  const portfolio = file('portfolio.json', [
    offer,
    { ...offer, id: 'o2', reward: 2, offer_type: 'discount' },
  ]);
  const profile = file('profile.json', [
    { gender: 'F', age: 55, id: 'anna', became_member_on: '20180101', income: 72_000 },
    { gender: null, age: 118, id: 'bert', became_member_on: '20180111', income: null },
  ]);
  const event = (person: string, name: string, time: number, value: object) => ({
    person,
    event: name,
    time,
    value,
  });
  const transcript = file('transcript.json', [
    event('anna', 'offer received', 0, { 'offer id': 'o1' }),
    event('anna', 'offer viewed', 6, { 'offer id': 'o1' }),
    event('anna', 'transaction', 12, { amount: 20.5 }),
    event('anna', 'offer completed', 12, { offer_id: 'o1', reward: 5 }),
    event('bert', 'offer received', 168, { 'offer id': 'o2' }),
    event('anna', 'offer viewed', 170, { 'offer id': 'o1' }),
    event('bert', 'offer completed', 300, { offer_id: 'o2', reward: 2 }),
  ]);

  test('a row a customer and wave; views and completions count within the duration only', async () => {
    const { log } = await read('starbucks', [transcript, portfolio, profile]);
    expect(written()).toEqual([
      'shopper,time,wave,gender,age,income,memberDays,purchases,spentBefore,offersBefore,viewedBefore,completedBefore,action,propensity,visit,conversion,spend,cost,assignment',
      'anna,0,1,F,55,72000,10,0,0,0,0,0,bogo 10/5 3d,0.5,1,1,20.5,5,observational',
      'anna,168,2,F,55,72000,10,1,20.5,1,1,1,none,0.5,0,0,0,0,observational',
      'bert,0,1,unknown,0,0,0,0,0,0,0,0,none,0.5,0,0,0,0,observational',
      'bert,168,2,unknown,0,0,0,0,0,0,0,0,discount 10/2 3d,0.5,0,0,0,0,observational',
    ]);
    expect(log.observational).toBe(true);
    expect([...log.shopper]).toEqual([0, 0, 1, 1]);
  });

  test('customers without a profile are left out, counted, and in no share', async () => {
    const more = file('transcript-more.json', [
      event('carl', 'offer received', 0, { 'offer id': 'o1' }),
      event('carl', 'transaction', 12, { amount: 20.5 }),
      event('dora', 'transaction', 12, { amount: 20.5 }),
    ]);
    const { log, notes } = await read('starbucks', [transcript, more, portfolio, profile]);
    expect([log.n, ...log.propensity]).toEqual([4, 0.5, 0.5, 0.5, 0.5]);
    expect(notes).toContainEqual(
      'left out: 2 customers who are in the transcript and not in the profile (such as carl), of whom nothing was known before; 2 are written',
    );
  });

  test('a missing file and an unknown offer are told', async () => {
    await expect(read('starbucks', [transcript, profile])).rejects.toThrow('the portfolio is missing');
    const stray = file('stray.json', [event('anna', 'offer received', 0, { 'offer id': 'o9' })]);
    await expect(read('starbucks', [stray, portfolio, profile])).rejects.toThrow('offer "o9" was received');
  });
});

test('open-bandit: a click is a visit, propensities are those of the log, the position is a feature', async () => {
  await read('open-bandit', [
    file('o.csv', [
      ',timestamp,item_id,position,click,propensity_score,user_feature_0,user-item_affinity_0',
      '0,2019-11-24 00:00:13+00:00,14,3,1,0.25,a,0.5',
    ]),
  ]);
  expect(written()).toEqual([
    'time,position,user_feature_0,user_item_affinity_0,action,propensity,visit,assignment',
    '2019-11-24 00:00:13+00:00,3,a,0.5,14,0.25,1,randomised',
  ]);
});

test('complete-journey: propensities are estimated, campaigns beyond the purchases left out, and it is marked', async () => {
  const households = Array.from({ length: 40 }, (_, i) => String(i + 1));
  // Whom to mail follows income: 15 of 20 with much, 5 of 20 with little.
  const mailed = households.filter((_, i) => (i < 20 ? i % 4 !== 0 : i % 4 === 0));
  const { log, notes } = await read('complete-journey', [
    file('campaign_descriptions.csv', [
      'campaign_id,campaign_type,start_date,end_date',
      '1,Type A,2017-03-03,2017-04-09',
      '2,Type A,2016-12-03,2017-01-09',
    ]),
    file('campaigns.csv', ['campaign_id,household_id', ...mailed.map((id) => `1,${id}`), '2,1']),
    file('coupons.csv', ['coupon_upc,product_id,campaign_id', '77,5,1']),
    file('products.csv', ['product_id,department,product_category', '5,GROCERY,FRZN ICE']),
    file('promotions.csv', ['product_id,store_id,display_location,mailer_location,week', '5,1,3,0,1']),
    file('coupon_redemptions.csv', [
      'household_id,coupon_upc,campaign_id,redemption_date',
      '2,77,1,2017-03-20',
      '2,76,2,2017-01-02',
    ]),
    file('demographics.csv', [
      'household_id,age,income,household_size,kids_count',
      ...households.map((id, i) => `${id},35-44,${i < 20 ? '100K+' : 'Under 15K'},2,0`),
    ]),
    file('transactions.csv', [
      'household_id,basket_id,quantity,sales_value,coupon_disc,coupon_match_disc,transaction_timestamp',
      '2,b1,1,10,0,0,2017-01-01T12:00:00Z',
      '2,b2,1,4.5,0.5,0,2017-03-21T12:00:00Z',
      '3,b3,1,8,0,0,2017-12-30T12:00:00Z',
    ]),
  ]);
  expect(notes[0]).toMatch(/coupons\.csv is left out: no column of the log is made of coupons$/);
  expect(notes[3]).toBe('1 of 2 campaigns are left out: they are not whole within the purchases');
  expect(log.n).toBe(40);
  expect(log.observational).toBe(true);
  const second = written()
    .find((line) => line.startsWith('2,'))!
    .split(',');
  expect(second[3]).toBe('35-44');
  expect(second.slice(-5)).toEqual(['1', '1', '4.5', '0.5', 'observational']);
  const chance = (id: string, action: string): number => {
    const cells = written()
      .find((line) => line.startsWith(`${id},`))!
      .split(',');
    expect(cells.at(-7)).toBe(action);
    return Number(cells.at(-6));
  };
  expect(chance('6', 'mail')).toBeGreaterThan(0.65);
  expect(chance('5', 'none')).toBeLessThan(0.35);
  expect(chance('25', 'mail')).toBeLessThan(0.35);
});

describe('the plain format', () => {
  const header = 'shopper,age,action,propensity,visit';
  test.each([
    ['u1,30,mail,0,1', 'propensity is "0"; accepted: above 0 and at most 1'],
    ['u1,30,mail,1.2,1', 'propensity is "1.2"; accepted: above 0 and at most 1'],
    ['u1,30,mail,,1', 'propensity is missing; accepted: above 0 and at most 1'],
    ['u1,NaN,mail,0.5,1', 'the feature age is "NaN"; accepted: a number'],
    ['u1,30,,0.5,1', 'action is missing; accepted: the name of the action that was chosen'],
    ['u1,30,mail,0.5,yes', 'visit is "yes"; accepted: a number'],
  ])('%s: %s', async (row, told) => {
    await expect(read('campaign', [file('p.csv', [header, 'u0,31,none,0.5,0', row])])).rejects.toThrow(
      new RegExp(`p.csv, line 3: ${told.replaceAll(/[.?]/g, '\\$&')}`),
    );
  });

  test('without a column of propensities, or of an outcome', async () => {
    await expect(read('campaign', [file('q.csv', ['age,action,visit', '1,a,0'])])).rejects.toThrow(
      'there is no column "propensity"',
    );
    await expect(read('campaign', [file('r.csv', ['age,action,propensity', '1,a,0.5'])])).rejects.toThrow(
      'there is no column of an outcome; accepted: at least one of visit, conversion',
    );
  });

  test('shoppers are held out by lot, with all their rows; the same seed, the same shoppers', async () => {
    const rows = Array.from({ length: 400 }, (_, i) => `u${i % 200},30,a,0.5,${i % 2}`);
    const files = [file('split.csv', [header, ...rows])];
    const split = async (seed: number) => {
      const heldOut = { path: at('held.csv'), share: 0.5, seed };
      await importCampaign({ format: formatOf('campaign'), files, out: at('kept.csv'), heldOut });
      const who = (path: string) =>
        new Set(
          written(path)
            .slice(1)
            .map((line) => line.split(',')[0]!),
        );
      return { kept: who(at('kept.csv')), held: who(at('held.csv')) };
    };
    const { kept, held } = await split(1);
    expect([...kept].filter((id) => held.has(id))).toEqual([]);
    expect(kept.size + held.size).toBe(200);
    expect(Math.abs(held.size - 100)).toBeLessThan(30);
    expect((await split(1)).held).toEqual(held);
    expect((await split(2)).held).not.toEqual(held);
  });
});

describe.skipIf(!process.env.TENDRIL_DATASETS)('the published files (TENDRIL_DATASETS)', () => {
  const data = (name: string): string => join(process.env.TENDRIL_DATASETS!, name);
  const mean = (values: Float64Array, action: Int32Array, which: number): number => {
    const chosen = values.filter((_, i) => action[i] === which);
    return chosen.reduce((sum, x) => sum + x, 0) / chosen.length;
  };

  test('hillstrom: its known means', async () => {
    const { log } = await read('hillstrom', [data('hillstrom-email/hillstrom.csv.gz')]);
    const { visit, conversion, spend } = log.outcomes;
    const means = ['Mens E-Mail', 'Womens E-Mail', 'No E-Mail'].map((name) =>
      [visit!, conversion!, spend!].map((values) =>
        mean(values, log.action, log.actions.indexOf(name)).toFixed(4),
      ),
    );
    expect(means).toEqual([
      ['0.1828', '0.0125', '1.4226'],
      ['0.1514', '0.0088', '1.0772'],
      ['0.1062', '0.0057', '0.6528'],
    ]);
  });

  test('open-bandit and starbucks: rows and actions', async () => {
    const bandit = await read('open-bandit', [data('open-bandit-small/random/men/men.csv.gz')]);
    expect([bandit.log.n, bandit.log.actions.length]).toEqual([10_000, 34]);
    expect(bandit.log.outcomes.visit!.reduce((a, b) => a + b)).toBe(46);
    const offers = await read(
      'starbucks',
      ['portfolio', 'profile', 'transcript'].map((name) => data(`starbucks-offers/${name}.json.gz`)),
    );
    expect([offers.log.n, offers.log.actions.length]).toEqual([102_000, 11]);
  });
});
