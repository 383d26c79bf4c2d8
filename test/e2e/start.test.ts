import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { type Answer, type RunningServer, root, startServer, tendril } from './running-server.ts';

const folder = mkdtempSync(join(tmpdir(), 'tendril-e2e-'));
afterAll(() => rmSync(folder, { recursive: true }));
const run = (...args: string[]) =>
  spawnSync(process.execPath, [tendril, ...args], { cwd: root, encoding: 'utf8' });
const itemsOf = (answer: Answer): string[] =>
  answer.body.items.map((item: { itemId: string }) => item.itemId);

test('with --learn the model that serves learns what shoppers do, while it answers; the lesson serves without a restart', async () => {
  const data = join(folder, 'learning');
  expect(run('import', 'csv', 'examples/events.csv', '--data', data).status).toBe(0);
  expect(run('train', 'markov', '--data', data).status).toBe(0);
  const server = await startServer(['--data', data, '--learn', '0.01', '--no-simulate']);
  await server.ready();
  while (!server.said().includes('The report is at')) await new Promise((next) => setTimeout(next, 100));
  const serving = async () => (await server.get('/v1/policies')).body.serving;
  const known = (await serving()).data.interactions;
  const view = (userId: string, itemId: string) =>
    server.send('POST', '/v1/events', { eventType: 'view', userId, itemId });
  for (let i = 0; i < 40; i++) for (const itemId of ['P101', 'P119']) await view(`new-${i}`, itemId);
  let taught = await serving();
  while (taught.data.interactions < known + 80) {
    await new Promise((next) => setTimeout(next, 100));
    taught = await serving();
  }
  expect(taught).toMatchObject({ agent: 'markov', taughtFrom: taught.version - 1 });
  await view('asks', 'P101');
  // By score: which of them is shown first is drawn, as of a shopper hardly known the policy still explores.
  const { body } = await server.send('POST', '/v1/recommend', { userId: 'asks', limit: 100 });
  const scores: { itemId: string; score: number }[] = body.items;
  expect(scores.toSorted((a, b) => b.score - a.score)[0]!.itemId).toBe('P119');
  expect(await server.end()).toBe(0);
});

test('the life of a shop: import, train, start, events change answers, stock, new versions, restart', async () => {
  const data = join(folder, 'shop');
  expect(run('import', 'catalogue', 'examples/catalogue.csv', '--data', data).status).toBe(0);
  expect(run('import', 'csv', 'examples/events.csv', '--data', data).status).toBe(0);
  expect(run('train', '--agents', 'markov,popularity', '--data', data).status).toBe(0);
  const server = await startServer(['--data', data]);
  await server.ready();
  const ask = async (userId: string, limit = 10) =>
    itemsOf(await server.send('POST', '/v1/recommend', { userId, limit }));

  // A shopper's event changes the very next answer.
  const before = await server.send('POST', '/v1/recommend', { userId: 'guest', limit: 3 });
  expect(before.status).toBe(200);
  const seen = await server.send('POST', '/v1/events', {
    eventType: 'view',
    userId: 'guest',
    itemId: 'P114',
    recommendationId: before.body.recommendationId,
  });
  expect(seen).toMatchObject({ status: 202, body: { accepted: 1 } });
  expect((await server.get('/v1/shoppers/guest')).body.recent[0]).toMatchObject({ itemId: 'P114' });
  const scores = async (userId: string): Promise<Record<string, number>> => {
    const { body } = await server.send('POST', '/v1/recommend', { userId, limit: 100 });
    return Object.fromEntries(
      body.items.map((item: { itemId: string; score: number }) => [item.itemId, item.score]),
    );
  };
  const bedroom = await scores('guest');
  await server.send('POST', '/v1/events', { eventType: 'view', userId: 'guest', itemId: 'P105' });
  const kitchen = await scores('guest');
  expect(kitchen).not.toEqual(bedroom);

  // Out of stock is never returned, by import and by request.
  await server.send('PUT', '/v1/items', { items: [{ itemId: 'P114', stock: 0 }] });
  for (let i = 0; i < 20; i++) {
    const items = await ask(`nobody-${i}`, 100);
    expect(items).not.toContain('P104');
    expect(items).not.toContain('P114');
  }

  // A second writer gets one clear sentence; training beside the server is taken on without a restart.
  const second = run('start', '--port', '0', '--data', data);
  expect(second.status).toBe(1);
  expect(second.stderr).toContain('another process is writing to');
  expect(second.stderr).not.toMatch(/\n\s+at /);
  expect(second.stdout).toBe('');
  const fresh = run('start', '--fresh', '--port', '0', '--data', data);
  expect(fresh).toMatchObject({
    status: 1,
    stderr: expect.stringContaining('another process is writing to'),
  });
  const { version } = (await server.get('/v1/policies')).body.serving;
  expect(run('train', 'popularity', '--promote', '--data', data).status).toBe(0);
  for (;;) {
    const { serving } = (await server.get('/v1/policies')).body;
    if (serving.agent === 'popularity') break;
    expect(serving.version).toBe(version);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  expect(await server.end()).toBe(0);

  // A second start goes on where the first ended.
  const again = await startServer(['--data', data]);
  await again.ready();
  expect((await again.get('/v1/policies')).body.serving.agent).toBe('popularity');
  expect((await again.get('/v1/shoppers/guest')).body).toMatchObject({ actions: 2 });
  expect((await again.get(`/v1/recommendations/${before.body.recommendationId}`)).status).toBe(200);
  expect(itemsOf(await again.send('POST', '/v1/recommend', { limit: 100 }))).not.toContain('P114');
  const shown = run('recommend', '--data', data, '--user', 'guest', '--limit', '2', '--json');
  expect(
    shown.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).position),
  ).toEqual([1, 2]);
  expect(await again.end()).toBe(0);
});

describe('a start that was ended too early is completed by the next one', () => {
  const stepNamed = async (server: RunningServer, name: string) =>
    (await server.get('/health/ready')).body.steps.find((step: { name: string }) => step.name === name);
  const until = async (server: RunningServer, name: string, state: string) => {
    for (;;) {
      const step = await stepNamed(server, name);
      if (step.state === state) return step;
      expect(step.state).not.toBe('failed');
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };

  test('the report is written while the server serves', async () => {
    const data = join(folder, 'no-report');
    expect(run('import', 'csv', 'examples/events.csv', '--data', data).status).toBe(0);
    expect(run('train', '--agents', 'popularity', '--data', data).status).toBe(0);
    const server = await startServer(['--data', data, '--no-simulate']);
    await server.ready();
    // However fast the report is and however late we ask: it serves first, and never stops while it writes.
    for (let state = ''; state !== 'done'; ) {
      state = (await stepNamed(server, 'Write the report')).state;
      expect(state).not.toBe('failed');
      expect((await server.send('POST', '/v1/recommend', { limit: 1 })).status).toBe(200);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect((await fetch(`${server.url}/report`)).status).toBe(200);
    expect((await server.get('/v1/policies')).body.versions).toHaveLength(1);
    expect(await server.end()).toBe(0);
    expect(server.said()).toMatch(/Serving popularity[\s\S]*The report is at/);
    const again = await startServer(['--data', data]);
    await again.ready();
    expect((await stepNamed(again, 'Write the report')).state).toBe('done');
    expect(await again.end()).toBe(0);
  });

  test('the rest of the demo shop is imported', async () => {
    const data = join(folder, 'half');
    const server = await startServer(['--data', data]);
    for (;;) {
      const step = await until(server, 'Import', 'running');
      if (step.share > 0.1) break;
    }
    expect(await server.end()).toBe(0);
    const about = () => JSON.parse(readFileSync(join(data, 'shop.json'), 'utf8'));
    expect(about()).toMatchObject({ name: 'demo', unfinished: true });
    const again = await startServer(['--data', data]);
    await until(again, 'Import', 'done');
    expect(about()).not.toHaveProperty('unfinished');
    const { note } = await until(again, 'Read the log', 'done');
    expect(note).toMatch(/^75000 actions/);
    expect(await again.end()).toBe(0);
  });
});

describe('what is asked for wrongly is told in one sentence', () => {
  test.each<[string, string[], number, string]>([
    ['a port that is none', ['--port', '70000'], 2, '--port is "70000"'],
    ['an open address without a key', ['--host', '0.0.0.0', '--port', '0'], 2, 'TENDRIL_KEY'],
    ['a seed that is none', ['--seed', 'x'], 2, '--seed is "x"'],
    ['an option there is not', ['--prot', '1'], 2, "unknown option '--prot'"],
  ])('%s', (_, args, status, message) => {
    const { TENDRIL_KEY: _key, ...env } = process.env;
    const answer = spawnSync(process.execPath, [tendril, 'start', '--data', join(folder, 'x'), ...args], {
      encoding: 'utf8',
      env,
    });
    expect(answer.status).toBe(status);
    expect(answer.stderr).toContain(message);
    expect(answer.stderr).not.toMatch(/\n\s+at /);
  });
  test('--fresh leaves alone what is not ours', () => {
    const other = mkdtempSync(join(folder, 'other-'));
    writeFileSync(join(other, 'thesis.txt'), 'years of work');
    const answer = run('start', '--fresh', '--port', '0', '--data', other);
    expect(answer.status).toBe(1);
    expect(answer.stderr).toContain('left as it is');
  });
  test('a shop whose import took nothing is not filled with the demo', () => {
    const failed = join(folder, 'failed');
    const wrong = join(folder, 'wrong.csv');
    writeFileSync(wrong, 'who,what\na,b\n');
    expect(run('import', 'csv', wrong, '--data', failed).status).toBe(1);
    const answer = run('start', '--port', '0', '--data', failed);
    expect(answer.status).toBe(1);
    expect(answer.stderr).toContain('without events: an import into it took nothing');
    expect(answer.stderr).toContain('tendril import --help');
  });
  test('a port in use', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const answer = run('start', '--port', String(port), '--data', join(folder, 'port'));
    other.close();
    expect(answer.status).toBe(1);
    expect(answer.stderr).toContain('is in use by another program');
  });
});

test('a server whose reader goes away once it has the address serves on', async () => {
  const data = join(folder, 'unread');
  expect(run('import', 'csv', 'examples/events.csv', '--data', data).status).toBe(0);
  const child = spawn(process.execPath, [tendril, 'start', '--port', '0', '--data', data], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const exited = once(child, 'exit');
  const [piece] = await once(child.stdout, 'data');
  const url = /http:\/\/\S+/.exec(String(piece))![0];
  child.stdout.destroy();
  // It says on that pipe what it trained and what serves; then it must still answer.
  for (let status = 0; status !== 200; ) {
    ({ status } = await fetch(`${url}/health/ready`));
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect((await fetch(`${url}/health/live`)).status).toBe(200);
  child.kill('SIGINT');
  expect((await exited)[0]).toBe(0);
});
