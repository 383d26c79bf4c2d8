import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Item } from '../core/index.ts';
import { splitRow } from './csv-row.ts';
import { formatNamed } from './formats.ts';
import type { NewEvent, Reject } from './ingest.ts';
import { readPythonLiteral } from './python-literal.ts';
import { readNumber, readTime } from './values.ts';

/** All rows here are made up, in the form their publishers use. */
function read(format: string, text: string) {
  const events: NewEvent[] = [];
  const keys: string[] = [];
  const items: Item[] = [];
  const rejects: Reject[] = [];
  const reader = formatNamed(format)!.open({
    file: 'made-up',
    map: {},
    now: Date.UTC(2026, 0, 1),
    shared: new Map(),
    out: {
      event(event, key) {
        events.push(event);
        keys.push(key);
      },
      item: (item) => items.push(item),
      reject: (reject) => rejects.push(reject),
      imputed() {},
      note() {},
      aside() {},
    },
  });
  text.split('\n').forEach((line, i) => {
    reader.line(line, i + 1);
  });
  reader.end();
  return { events, keys, items, rejects };
}

describe('amazon', () => {
  test("SNAP's blocks, without the name of the reviewer anywhere", () => {
    const block = (name: string, stars: string): string =>
      `product/productId: B1\nproduct/title: Kettle\nproduct/price: unknown\nreview/userId: A1\nreview/profileName: ${name}\nreview/helpfulness: 7/9\nreview/score: ${stars}\nreview/time: 1182729600\nreview/summary: Fine\nreview/text: Boils\nwater`;
    const { events, keys, rejects } = read(
      'amazon',
      `${block('Jane Doe', '4.0')}\n\n${block('Jane Doe', '7.0')}\n`,
    );
    expect(events).toEqual([
      {
        eventType: 'review',
        timestamp: 1_182_729_600_000,
        userId: 'A1',
        itemId: 'B1',
        eventValue: 4,
        properties: { helpful: [7, 9], text: 'Boils\nwater', summary: 'Fine' },
      },
    ]);
    expect(rejects).toMatchObject([{ line: 13, field: 'eventValue' }]);
    expect(JSON.stringify(rejects)).not.toContain('Jane');
    expect(read('amazon', block('Another', '4.0')).keys).toEqual(keys);
  });

  test('reviews of 2018 and 2023', () => {
    const { events } = read(
      'amazon',
      `{"overall": 5.0, "vote": "1,204", "verified": true, "reviewTime": "01 1, 2018", "reviewerID": "A", "asin": "B", "reviewerName": "X", "reviewText": "t", "summary": "s", "unixReviewTime": 1514764800}
{"rating": 2.0, "title": "s", "text": "t", "images": [], "asin": "B2", "parent_asin": "P", "user_id": "U", "timestamp": 1588687728923, "helpful_vote": 3, "verified_purchase": false}`,
    );
    expect(events).toMatchObject([
      {
        userId: 'A',
        itemId: 'B',
        eventValue: 5,
        timestamp: 1_514_764_800_000,
        properties: { helpful: [1204], verified: true },
      },
      {
        userId: 'U',
        itemId: 'P',
        eventValue: 2,
        timestamp: 1_588_687_728_923,
        properties: { helpful: [3], verified: false },
      },
    ]);
    expect(JSON.stringify(events)).not.toContain('reviewerName');
  });

  test('metadata of 2014 (Python), 2018 and 2023', () => {
    const { items } = read(
      'amazon',
      `{'asin': 'B1', 'title': 'It\\'s a "kettle"', 'price': 9.5, 'imUrl': 'u', 'related': {'also_bought': ['B2']}, 'categories': [['Home', 'Kitchen'], ['Gifts']]}
{"category": ["Home"], "description": ["a", "b"], "title": "T", "also_buy": ["X"], "also_view": [], "brand": "Alder", "price": "$1,234.50", "asin": "B2", "imageURL": ["i"]}
{"main_category": "Toys", "title": "T", "price": null, "store": "S", "categories": [], "parent_asin": "B3", "images": [{"large": "l", "hi_res": null}]}`,
    );
    expect(items).toEqual([
      {
        itemId: 'B1',
        title: 'It\'s a "kettle"',
        price: 9.5,
        currency: 'USD',
        categories: ['Home', 'Kitchen'],
        imageUrl: 'u',
        related: { alsoBought: ['B2'] },
      },
      {
        itemId: 'B2',
        title: 'T',
        brand: 'Alder',
        price: 1234.5,
        currency: 'USD',
        categories: ['Home'],
        description: 'a\nb',
        imageUrl: 'i',
        related: { alsoBought: ['X'] },
      },
      { itemId: 'B3', title: 'T', brand: 'S', categories: ['Toys'], imageUrl: 'l' },
    ]);
  });

  test('amazon-meta.txt and edge lists', () => {
    const { items, events, rejects } = read(
      'amazon',
      `# Full information about products\nTotal items: 2\n\nId:   0\nASIN: 0771044445\n  discontinued product\n\nId:   1\nASIN: 0827229534\n  title: Patterns: a book\n  group: Book\n  similar: 2  0804215715  156101074X\n  categories: 1\n   |Books[283155]|Religion & Spirituality[22]\n  reviews: total: 1  downloaded: 1  avg rating: 5\n    2000-7-28  cutomer: A2JW  rating: 5  votes:  10  helpful:   9\n`,
    );
    expect(rejects).toEqual([]);
    expect(items[1]).toEqual({
      itemId: '0827229534',
      title: 'Patterns: a book',
      categories: ['Books', 'Religion & Spirituality'],
      related: { alsoBought: ['0804215715', '156101074X'] },
    });
    expect(events).toMatchObject([
      {
        eventType: 'rating',
        userId: 'A2JW',
        timestamp: Date.UTC(2000, 6, 28),
        eventValue: 5,
        properties: { helpful: [9, 10] },
      },
    ]);
    expect(read('amazon', '# FromNodeId\tToNodeId\n0\t1\n0\t2\n3\t0').items).toEqual([
      { itemId: '0', related: { alsoBought: ['1', '2'] } },
      { itemId: '3', related: { alsoBought: ['0'] } },
    ]);
  });
});

test('what a sample of 2023 or a review of 2014 may lack is one reject, or read from the day', () => {
  const { events, rejects } = read(
    'amazon',
    `{"user_id":"u","history":[null,{"parent_asin":"P","rating":5,"timestamp_ms":1588687728923,"review_full":"good"}]}
{"reviewerID":"A","asin":"B","overall":5.0,"reviewTime":"09 3, 2009","reviewText":"t"}
{"reviewerID":"A","asin":"B","overall":5.0,"reviewerName":"Jane`,
  );
  expect(events).toMatchObject([{ itemId: 'P' }, { itemId: 'B', timestamp: Date.UTC(2009, 8, 3) }]);
  expect(rejects).toMatchObject([
    { line: 1, field: 'history[0]' },
    { line: 3, field: 'row' },
  ]);
  expect(JSON.stringify(rejects)).not.toContain('Jane');
});

test('retailrocket: visitors are anonymous, transactions are purchases', () => {
  const { events } = read(
    'retailrocket',
    'timestamp,visitorid,event,itemid,transactionid\n1433221332117,257597,view,355908,\n1433222276276,599528,transaction,356475,4000',
  );
  expect(events).toMatchObject([
    { eventType: 'view', anonymousId: '257597', itemId: '355908', timestamp: 1_433_221_332_117 },
    { eventType: 'purchase', anonymousId: '599528', orderId: '4000' },
  ]);
});

test('movielens: the original forms', () => {
  for (const ratings of [
    '196\t242\t3\t881250949',
    '196::242::3::881250949',
    'userId,movieId,rating,timestamp\n196,242,3,881250949',
  ])
    expect(read('movielens', ratings).events).toMatchObject([
      { userId: '196', itemId: '242', eventValue: 3, timestamp: 881_250_949_000 },
    ]);
  expect(read('movielens', '1::Toy Story (1995)::Animation|Comedy').items).toEqual([
    { itemId: '1', title: 'Toy Story (1995)', categories: ['Animation', 'Comedy'] },
  ]);
  expect(read('movielens', `1|Toy Story (1995)|01-Jan-1995||url|0|0|0|1|1${'|0'.repeat(14)}`).items).toEqual([
    { itemId: '1', title: 'Toy Story (1995)', categories: ['Animation', 'Children'] },
  ]);
});

test('movielens: users in their three forms are profiles', () => {
  const profiles = (text: string) =>
    read('movielens', text).events.map(({ eventType, userId, timestamp, properties }) => [
      eventType,
      userId,
      new Date(timestamp).getUTCFullYear(),
      properties?.shopper,
    ]);
  expect(profiles('1::F::1::10::48067\n2::M::56::16::70072')).toEqual([
    ['shopper_changed', '1', 1995, { gender: 'F', age: '0-17', occupation: '10', zip: '48067' }],
    ['shopper_changed', '2', 1995, { gender: 'M', age: '56+', occupation: '16', zip: '70072' }],
  ]);
  const technician = { age: '24', gender: 'M', occupation: 'technician' };
  expect(profiles('1|24|M|technician|85711')).toEqual([
    ['shopper_changed', '1', 1995, { ...technician, zip: '85711' }],
  ]);
  expect(
    profiles(
      'user_id:token\tage:token\tgender:token\toccupation:token\tzip_code:token\n1\t24\tM\ttechnician\t85711',
    ),
  ).toEqual([['shopper_changed', '1', 1995, { ...technician, zip_code: '85711' }]]);
  expect(read('movielens', '1::F::1::10::48067\n::M::56::16::70072').rejects).toMatchObject([
    { line: 2, field: 'user_id', reason: 'it is missing' },
  ]);
});
test('movielens: users are no films, tags no ratings', () => {
  expect(read('movielens', '1::F::1::10::48067')).toMatchObject({ items: [], rejects: [] });
  for (const tags of ['userId,movieId,tag,timestamp\n1,2,fun,1260759144', '15::4973::excellent!::1215184630'])
    expect(() => read('movielens', tags)).toThrow(/no form of MovieLens/);
});

test('jsonl: lines of an order, numbers and ids within the limits of the HTTP door', () => {
  const order = (items: unknown, more: object = {}): string =>
    JSON.stringify({ eventType: 'purchase', userId: 'u', timestamp: 1.7e12, items, ...more });
  const { events } = read(
    'jsonl',
    [
      order([{ itemId: 5, quantity: -5, price: 'x' }, { item_id: 'b', quantity: '2', price: 1 }, null, 'c']),
      order(undefined, { itemId: 'z', price: -4, quantity: 1e99, value: 3 }),
      order(undefined, { query: 'q'.repeat(1_000) }),
    ].join('\n'),
  );
  expect(events.map(({ items }) => items)).toEqual([
    [{ itemId: '5' }, { itemId: 'b', quantity: 2, price: 1 }],
    undefined,
    undefined,
  ]);
  const deep = `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`;
  const { rejects } = read(
    'jsonl',
    `${order(undefined, { userId: { a: 1 } })}\n${order(undefined, { userId: true })}\n{"eventType":"view","userId":"u","itemId":"i","timestamp":1700000000,"properties":${deep}}`,
  );
  expect(rejects.map(({ field }) => field)).toEqual(['userId', 'userId', 'properties']);
});

test('jsonl: the form of the API, snake case, aliases, null for missing', () => {
  const { events, rejects } = read(
    'jsonl',
    `{"eventType":"purchase","userId":"u","itemId":"i","timestamp":1700000000000,"items":[{"itemId":"i","quantity":2}],"properties":{"a":1}}
{"event_name":"product_added","customer_id":7,"product_id":9,"ts":"2024-01-01T00:00:00Z","session_id":null}
not json`,
  );
  expect(events).toEqual([
    {
      eventType: 'purchase',
      userId: 'u',
      itemId: 'i',
      timestamp: 1.7e12,
      items: [{ itemId: 'i', quantity: 2 }],
      properties: { a: 1 },
    },
    { eventType: 'add_to_cart', userId: '7', itemId: '9', timestamp: Date.UTC(2024, 0, 1) },
  ]);
  expect(rejects).toMatchObject([{ line: 3, field: 'row' }]);
});

test('catalogue: CSV and JSON lines, words for stock', () => {
  expect(
    read('catalogue', 'sku;name;price;category;availability\nA;Tent;9,99;Camping > Tents;Out of stock').items,
  ).toEqual([{ itemId: 'A', title: 'Tent', price: 9.99, categories: ['Camping', 'Tents'], stock: 0 }]);
  expect(read('catalogue', '{"itemId":"A","title":"Tent","stock":3,"colour":"red"}').items).toEqual([
    { itemId: 'A', title: 'Tent', stock: 3, properties: { colour: 'red' } },
  ]);
});

test('catalogue: vectors as lists or text; what is none is left out and counted', () => {
  const vectors = (text: string) => read('catalogue', text).items.map(({ vector }) => vector);
  expect(vectors('{"itemId":"A","embedding":[0.5,-1,2e-3]}\n{"itemId":"B","vector":"[1, 2]"}')).toEqual([
    [0.5, -1, 0.002],
    [1, 2],
  ]);
  expect(vectors('sku,image_vector\nA,0.25 0.5\nB,"1,2"\nC,\nD,red')).toEqual([
    [0.25, 0.5],
    [1, 2],
    undefined,
    undefined,
  ]);
  // With a decimal comma, and in brackets with commas and spaces between.
  expect(vectors('sku;vector\nA;0,5|0,25\nB;[0.5, 0.25]')).toEqual([
    [0.5, 0.25],
    [0.5, 0.25],
  ]);
});

test('any cells that are written as CSV are read back', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', 'é') }), { minLength: 1 }),
      (cells) => {
        const row = cells
          .map((cell) => (/[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell))
          .join(',');
        expect(splitRow(row, ',')).toEqual(cells);
      },
    ),
  );
});

test('python literals read JSON-like text, and refuse the rest', () => {
  expect(readPythonLiteral(`{'a': [1, -2.5, True, None, u'\\u00e9\\x41'], "b": (1,)}`)).toEqual({
    a: [1, -2.5, true, null, 'éA'],
    b: [1],
  });
  for (const text of ["{'a': }", "{'a'", '__import__("os")', "{'a': 1} x", ''])
    expect(readPythonLiteral(text)).toBeUndefined();
});

test('times by their size, numbers as people write them', () => {
  const time = Date.UTC(2023, 10, 14, 22, 13, 20);
  for (const given of [
    1_700_000_000,
    '1700000000000',
    1_700_000_000_000_000,
    '2023-11-14 22:13:20',
    '2023-11-14T23:13:20+01:00',
  ])
    expect(readTime(given)).toBe(time);
  expect(readTime('14/11/2023')).toBeNaN();
  expect(readTime('2023-02-29')).toBeNaN();
  expect(readTime('2024-02-29')).toBe(Date.UTC(2024, 1, 29));
  expect(['$9.99', '1,234.50', '9,99', '1.234,50', '€ 5', 'x', ''].map(readNumber)).toEqual([
    9.99,
    1234.5,
    9.99,
    1234.5,
    5,
    Number.NaN,
    Number.NaN,
  ]);
});
