import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, expect, test } from 'vitest';

const tendril = join(import.meta.dirname, '../../bin/tendril.js');
const root = mkdtempSync(join(tmpdir(), 'tendril-doctor-'));
afterAll(() => rmSync(root, { recursive: true }));
const data = join(root, 'data');
const run = (...args: string[]) =>
  spawnSync(process.execPath, [tendril, ...args, '--data', data], { encoding: 'utf8' });
const findings = (): Record<string, { state: string; what: string }> =>
  Object.fromEntries(
    run('doctor', '--json')
      .stdout.trim()
      .split('\n')
      .map((line) => JSON.parse(line))
      .map(({ check, ...found }) => [check, found]),
  );

test('says what is there, what each agent can do with it, and what is missing, before and after training', () => {
  expect(run('import', 'csv', join(root, 'none.csv')).stderr).toContain('there is no file');
  expect(run('doctor').stderr).toContain('there is no data directory'); // a failed look made none
  const events = join(root, 'events.csv');
  const rows = Array.from({ length: 1_200 }, (_, i) => `u${i % 90},i${(i * 7) % 40},view,${1.7e9 + i},\n`);
  writeFileSync(events, `user,item,event,time,text\n${rows.join('')}u1,i1,review,1700009999,fine\n`);
  expect(run('import', 'csv', events).status).toBe(0);
  const before = findings();
  expect(before.events!.what).toContain('1201 of 90 shoppers on 40 items');
  expect(before.texts).toEqual({ state: 'fine', what: '1 events with a text' });
  expect(before.catalogue!.state).toBe('missing');
  expect(before.graph!.state).toBe('missing');
  expect(before['agent related']).toEqual({ state: 'thin', what: 'no item names others' });
  expect(before.model).toEqual({ state: 'missing', what: 'none serves: tendril train auto' });
  expect(before['agent markov']!.state).toBe('fine');
  expect(before['agent content']).toEqual({ state: 'thin', what: 'no item is described' });
  expect(before['agent dqn']!.what).toContain('of about 10000 events');

  expect(run('recommend').stderr).toContain('no model serves');
  expect(run('train', 'related').stderr).toContain('no item of the catalogue names another');
  expect(run('train', 'popularity').status).toBe(0);
  expect(findings().model!.what).toContain('popularity, version 1');
  expect(run('recommend', '--seed', 'x').stderr).toContain('--seed is "x"; accepted:');
  expect(run('recommend', '--user', '').status).toBe(2);
  expect(run('recommend', '--user', 'never-seen', '--json').stdout.trim().split('\n').length).toBe(10);

  expect(run('recommend', '--user', 'never-seen').stderr).toBe('');
  const catalogue = join(root, 'catalogue.csv');
  const inStock = (stock: number): void => {
    const lines = Array.from({ length: 40 }, (_, i) => `i${i},${stock}\n`);
    writeFileSync(catalogue, `sku,stock\n${lines.join('')}`);
    expect(run('import', 'catalogue', catalogue).status).toBe(0);
  };
  inStock(0);
  expect(run('recommend', '--user', 'never-seen').stderr).toContain(
    'no product is left: what there is is out of stock',
  );
  inStock(9);

  expect(run('train', 'popularity', '--promote').status).toBe(0);
  const models = join(data, 'models');
  const model = readFileSync(join(models, 'popularity/2.model'));
  truncateSync(join(models, 'popularity/2.model'), 100);
  expect(findings().model).toEqual({
    state: 'broken',
    what: expect.stringMatching(
      /version 2, should serve and cannot: .*it has 100 bytes, \d+ were written; popularity, version 1, serves meanwhile/,
    ),
  });
  expect(run('recommend').stderr).toContain('popularity, version 1, serves meanwhile');
  writeFileSync(join(models, 'popularity/2.model'), model);
  const sound = readFileSync(join(models, 'promotions.jsonl'));
  appendFileSync(join(models, 'promotions.jsonl'), 'hello\n');
  expect(findings().model!.what).toMatch(/^line 3 of .*remove that line: hello$/);
  const refused = run('train', 'popularity', '--promote');
  expect([refused.status, refused.stdout]).toEqual([1, '']);
  expect(refused.stderr).toContain('line 3 of');
  writeFileSync(join(models, 'promotions.jsonl'), sound);

  const other = join(root, 'other.csv');
  writeFileSync(other, rows.join('').replace(/,i/g, ',j').replace(/^/, 'user,item,event,time,text\n'));
  const moved = join(root, 'moved');
  const elsewhere = (...args: string[]) =>
    spawnSync(process.execPath, [tendril, ...args, '--data', moved], { encoding: 'utf8' });
  expect(elsewhere('import', 'csv', other).status).toBe(0);
  cpSync(models, join(moved, 'models'), { recursive: true });
  expect(elsewhere('doctor').stdout).toContain(
    'broken   popularity, version 2, knows 0 of 40 products; train again: tendril train auto',
  );

  const log = new DatabaseSync(join(data, 'log.sqlite'));
  log.exec('PRAGMA user_version = 9');
  log.close();
  expect(run('doctor').stderr).toContain('a log of format 9; this version reads format 1');
});

test('tells of the co-purchase graph, and trains and serves by it', () => {
  const folder = join(root, 'graph');
  const tell = (...args: string[]) =>
    spawnSync(process.execPath, [tendril, ...args, '--data', folder], { encoding: 'utf8' });
  const [meta, reviews] = [join(root, 'meta.json'), join(root, 'reviews.json')];
  const asin = (i: number) => `B${String(i).padStart(9, '0')}`;
  const products = Array.from({ length: 12 }, (_, i) => ({
    asin: asin(i),
    title: `Product ${i}`,
    ...(i < 9 && { related: { also_bought: [asin((i + 4) % 12)] } }),
  }));
  const said = Array.from({ length: 120 }, (_, i) => ({
    reviewerID: `A${i % 30}`,
    asin: asin((i * 7) % 12),
    overall: 5,
    reviewText: 'fine',
    summary: 'fine',
    unixReviewTime: 1.3e9 + 86_400 * i,
  }));
  writeFileSync(meta, products.map((row) => `${JSON.stringify(row)}\n`).join(''));
  writeFileSync(reviews, said.map((row) => `${JSON.stringify(row)}\n`).join(''));
  expect(tell('import', 'amazon', meta, reviews).status).toBe(0);
  const graph = tell('doctor', '--json')
    .stdout.split('\n')
    .find((line) => line.includes('"graph"'));
  expect(JSON.parse(graph!)).toMatchObject({
    state: 'fine',
    what: '9 items name others that were bought or looked at with them',
  });
  const trained = tell('train', 'markov+related', '--json');
  expect(trained.stderr + trained.stdout).toContain('"agent":"markov+related"');
  expect(tell('recommend', '--user', 'A1', '--json').stdout.trim().split('\n').length).toBeGreaterThan(3);
});

test('tells of products with vectors, and of how many have one that cannot be compared', () => {
  const folder = join(root, 'vectors');
  const tell = (...args: string[]) =>
    spawnSync(process.execPath, [tendril, ...args, '--data', folder], { encoding: 'utf8' });
  const file = join(root, 'vectors.csv');
  writeFileSync(file, 'sku,name,embedding\nA,Tent,1 2\nB,Boat,3 4\nC,Rope,5\nD,Oar,\n');
  expect(tell('import', 'catalogue', file).status).toBe(0);
  const vectors = () =>
    JSON.parse(
      tell('doctor', '--json')
        .stdout.split('\n')
        .find((text) => text.includes('"vectors"'))!,
    );
  expect(vectors()).toMatchObject({
    state: 'thin',
    what: '2 items with a vector of 2 numbers; 1 with one of another length, which counts as none',
  });
  writeFileSync(file, 'sku,name,embedding\nC,Rope,5 6\n');
  expect(tell('import', 'catalogue', file).status).toBe(0);
  expect(vectors()).toMatchObject({ state: 'fine', what: '3 items with a vector of 2 numbers' });
});

test('a reader that has gone away is no failure', () => {
  const { stderr } = spawnSync('sh', ['-c', `"${process.execPath}" "${tendril}" agents --json | true`], {
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
});
