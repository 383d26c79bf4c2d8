import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { type BanditColumns, openBanditColumns } from '../ingest/index.ts';
import { readBanditLog, readTargetPolicy } from './bandit-files.ts';

const directory = mkdtempSync(join(tmpdir(), 'tendril-bandit-'));
afterAll(() => rmSync(directory, { recursive: true }));
let n = 0;
const file = (content: string | Buffer): string => {
  const path = join(directory, `file-${n++}.csv`);
  writeFileSync(path, content);
  return path;
};
const campaign: BanditColumns = {
  action: 'action',
  propensity: 'propensity',
  reward: 'outcome',
  features: 'others',
};
const open = `,timestamp,item_id,position,click,propensity_score
0,2019-11-24 00:03:13,14,3,0,0.25
1,2019-11-24 00:03:36,10,1,1,0.75
`;
const sent = (lines: string, header = 'age,channel,action,propensity,outcome'): string =>
  file(`${header}\n${lines}\n`);
const refused = (told: RegExp | string, code = 'bad-line') =>
  expect.objectContaining({ code, message: expect.stringMatching(told) });

describe('a log', () => {
  test('of the Open Bandit form, gzip or not', async () => {
    for (const content of [open, gzipSync(open)])
      expect(await readBanditLog(file(content), openBanditColumns)).toEqual({
        n: 2,
        actions: ['14', '10'],
        action: Int32Array.of(0, 1),
        positions: ['3', '1'],
        position: Int32Array.of(0, 1),
        propensity: Float64Array.of(0.25, 0.75),
        reward: Float64Array.of(0, 1),
        outcomes: { click: Float64Array.of(0, 1) },
        features: new Float64Array(0),
        columns: [],
        width: 0,
        shopper: Int32Array.of(0, 1),
        time: Float64Array.of(0, 1),
      });
  });

  test('with what was allowed and when it was asked, which are no features', async () => {
    const header = 'age,action,propensity,outcome,allowed,asked';
    const log = await readBanditLog(
      sent(
        '30,mail,.5,0,mail | none,visit\n41,none,1,1,none,schedule\n41,none,.2,1,none|coupon|mail,visit',
        header,
      ),
      campaign,
    );
    expect(log).toMatchObject({
      actions: ['mail', 'none'],
      columns: [{ name: 'age' }],
      allowed: { actions: ['mail', 'none', 'coupon'], mask: Uint8Array.of(1, 1, 0, 0, 1, 0, 1, 1, 1) },
      atVisits: 2,
    });
    for (const [line, told] of [
      [
        '30,mail,.5,0,none|coupon,visit',
        /allowed is "none\|coupon"; accepted: .* separated by \|, .* "mail"/,
      ],
      ['30,mail,.5,0,,visit', /allowed is missing/],
      ['30,mail,1,0,mail,night', /asked is "night"; accepted: visit or schedule/],
    ] as const)
      await expect(readBanditLog(sent(line, header), campaign)).rejects.toEqual(refused(told));
    await expect(
      readBanditLog(sent(' ,30,mail,.5,0', `shopper,age,action,propensity,outcome`), campaign),
    ).rejects.toEqual(refused(/line 2: shopper is missing; accepted: whose row it is/));
    const features = ['age', 'allowed', 'asked'];
    const read = await readBanditLog(sent('30,mail,.5,0,1,night', header), { ...campaign, features });
    expect(read.allowed).toBeUndefined();
    expect(read.columns.map(({ name }) => name)).toEqual(features);
  });

  test('of any campaign: numbers are one feature, words one each; delimiters and quotes as tables have them', async () => {
    const log = await readBanditLog(
      sent('30;"web";mail;.5;0\n41;phone;none;.5;12.5', 'age;channel;action;propensity;outcome'),
      campaign,
    );
    expect(log).toMatchObject({ n: 2, actions: ['mail', 'none'], width: 3, positions: [''] });
    expect([...log.features]).toEqual([30, 1, 0, 41, 0, 1]);
    expect([...log.reward]).toEqual([0, 12.5]);
  });

  test('drawn with one probability throughout, with the features that are named', async () => {
    const log = await readBanditLog(sent('30,web,mail,7,0\n41,phone,none,8,1'), {
      ...campaign,
      propensity: 0.5,
      features: ['age'],
    });
    expect(log).toMatchObject({ width: 1, propensity: Float64Array.of(0.5, 0.5) });
  });

  test.each([
    ['0', '"0"'],
    ['1.01', '"1.01"'],
    ['-0.2', '"-0.2"'],
    ['', 'missing'],
    ['NaN', '"NaN"'],
    ['?', '"\\?"'],
  ])(
    'with the propensity "%s" is refused, with its line',
    async (propensity, shown) =>
      await expect(
        readBanditLog(sent(`30,web,mail,.5,0\n41,web,none,${propensity},1`), campaign),
      ).rejects.toEqual(refused(`line 3: propensity is ${shown}; accepted: above 0 and at most 1`)),
  );

  test.each([
    ['NaN,web,mail,.5,0', /line 2: the feature age is "NaN"; accepted: a number/],
    [',web,mail,.5,0', /line 2: the feature age is missing/],
    ['inf,web,mail,.5,0', /line 2: the feature age is "inf"/],
    ['30,web,,.5,0', /line 2: action is missing; accepted: the name/],
    ['30,web,mail,.5,often', /line 2: outcome is "often"; accepted: a number/],
    ['30,web,mail,.5', /line 2: it has 4 fields where the header has 5/],
    ['30,web,"mail,.5,1', /line 2: a quoted field is not closed/],
  ])(
    'with the row "%s" is refused',
    async (row, told) => await expect(readBanditLog(sent(row), campaign)).rejects.toEqual(refused(told)),
  );

  test('without propensities, without rows, or of ids is refused', async () => {
    await expect(readBanditLog(sent('a,1', 'action,outcome'), campaign)).rejects.toEqual(
      refused(/line 1: there is no column "propensity".*the columns are: action, outcome/),
    );
    await expect(readBanditLog(file('action,propensity,outcome\n'), campaign)).rejects.toEqual(
      refused('has a header and no rows', 'empty-file'),
    );
    const ids = Array.from({ length: 60 }, (_, i) => `30,shopper ${i},mail,.5,0`).join('\n');
    await expect(readBanditLog(sent(ids), campaign)).rejects.toEqual(
      refused('the column channel holds 60 different words'),
    );
  });
});

describe('a target', () => {
  const log = () => readBanditLog(file(open), openBanditColumns);
  const target = async (content: string) => readTargetPolicy(file(content), await log());

  test('listed by position; what is not listed is never done; actions the log lacks come last', async () => {
    const { actions, probabilities, context } = await target(
      'item_id,position,probability\n10,1,1\n14,3,.25\n99,3,.75\n99,2,1\n',
    );
    expect(actions).toEqual(['14', '10', '99']);
    expect([...probabilities]).toEqual([0.25, 0, 0.75, 0, 1, 0]);
    expect([...context]).toEqual([0, 1]);
  });

  test('listed without positions holds everywhere; a row an action holds row by row', async () => {
    const { probabilities, context } = await target('action,probability\n10,1\n');
    expect([[...probabilities], [...context]]).toEqual([
      [0, 1],
      [0, 0],
    ]);
    const each = await target('10,14\n.9,.1\n.3,.7\n');
    expect([[...each.probabilities], [...each.context]]).toEqual([
      [0.1, 0.9, 0.7, 0.3],
      [0, 1],
    ]);
  });

  test.each([
    ['item_id,position,probability\n10,1,1\n', /nothing for position 3/],
    [
      'item_id,position,probability\n10,1,.5\n14,3,1\n',
      /position 1: the probabilities sum to 0\.5; accepted: 1/,
    ],
    ['item_id,position,probability\n10,1,1\n10,1,0\n', /line 3: 10 at position 1 stands there twice/],
    [
      'item_id,position,probability\n10,1,1.5\n',
      /line 2: probability is "1\.5"; accepted: a number from 0 to 1/,
    ],
    ['item_id,position,probability\n10,1,\n', /line 2: probability is missing/],
    ['thing,probability\n10,1\n', /no column item_id or action/],
    ['action,probability\n', /has a header and no rows/],
    ['a,b\n.5,.5\n', /neither a column "probability" nor one for an action of the log \(14, 10\)/],
    ['10,14\n.9,.1\n', /has 1 rows, the log has 2/],
    ['10,14\n.9,.1\n.9,.1\n.9,.1\n', /line 4: the log has 2 rows/],
    ['10,14\n.9,.3\n.9,.1\n', /line 2: the probabilities sum to 1\.2; accepted: 1/],
    ['10,10\n.9,.1\n', /there are two columns "10"/],
  ])('"%s" is refused', async (content, told) => expect(target(content)).rejects.toEqual(refused(told)));
});
