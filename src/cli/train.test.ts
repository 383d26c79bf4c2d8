import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { directoryRegistry, openDataDirectory, sqliteLog } from '../adapters/index.ts';
import type { Event } from '../core/index.ts';
import { someManifest } from '../registry/registry.suite.ts';
import { captureOutput } from './captured-output.suite.ts';
import { main } from './main.ts';
import { testFolder } from './test-folder.suite.ts';

const scratch = testFolder();
const captured = captureOutput();

/** Everybody goes round the same ring of 15 items. */
const ring: Event[] = Array.from({ length: 240 }, (_, i) => ({
  eventId: `e${i}`,
  eventType: 'click',
  timestamp: 1000 * i,
  userId: `u${i % 24}`,
  itemId: `i${((i % 24) + Math.floor(i / 24)) % 15}`,
}));
async function shop() {
  const directory = openDataDirectory(join(scratch.path, 'shop'), { create: true });
  const log = await sqliteLog(directory.logPath);
  await log.append(ring);
  return { directory, log };
}
const rows = (): Record<string, unknown>[] =>
  captured.out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

describe('tendril train', () => {
  test('trains several beside an open writer, and the one that wins on validation serves', async () => {
    const { directory, log } = await shop();
    const server = directoryRegistry(directory.modelsPath);
    expect(await main(['train', '--agents', 'popularity,markov', '--data', directory.path, '--json'])).toBe(
      0,
    );
    await log.close();
    expect(rows().map((row) => [row.agent, row.version, row.serves])).toEqual([
      ['popularity', 1, false],
      ['markov', 1, true],
    ]);
    expect(rows()[1]!['ndcg@10']).toBeGreaterThan(0.9);
    expect(await server.serving()).toMatchObject({ agent: 'markov', version: 1, seed: 1 });
  });
  test.each([
    [['markov', '--embeddings', '4'], '"markov" would not read them; accepted: dqn, lin-ucb, thompson'],
    [['--agents', 'dqn,lin-ucb', '--embeddings', '4'], '--embeddings goes with one agent'],
    [['dqn', '--embeddings', '0'], 'a whole number from 1'],
    [['dqn', '--embeddings', '257'], 'accepted: a whole number from 1 to 256'],
    [['dqn', '--world', 'shop-v1', '--embeddings', '4'], 'leave out --world'],
  ])('%j is refused', async (args, sentence) => {
    expect(await main(['train', ...args, '--data', scratch.path])).toBe(2);
    expect(captured.err).toContain(sentence);
  });
  test.each([
    [['markov', '--rl', 'sqn'], '--rl fine-tunes the agent "transformer" or "gru", not "markov"'],
    [['gru', '--rl', 'sqn', '--setting', 'body=transformer'], 'goes with tendril train transformer --rl'],
    [['transformer', '--rl', 'dqn'], '--rl dqn; accepted: sqn, sa2c, off-policy-ac'],
    [['transformer', '--rl', 'sqn', '--try', 'width=8,16'], '--rl goes without --try'],
    [['transformer', '--rl', 'sa2c', '--setting', 'warmth=1'], 'sa2c: unknown setting "warmth"'],
  ])('%j is refused', async (args, sentence) => {
    expect(await main(['train', ...args, '--data', scratch.path])).toBe(2);
    expect(captured.err).toContain(sentence);
  });
  test('a transformer is taught on the histories, then fine-tuned by rewards, and goes on', async () => {
    const { directory, log } = await shop();
    await log.close();
    const shared = ['--data', directory.path, '--json'];
    const taught = ['--setting', 'width=8', '--setting', 'inner=16', '--setting', 'epochs=2'];
    expect(await main(['train', 'transformer', ...taught, ...shared])).toBe(0);
    const tuning = ['--steps', '256', ...shared];
    expect(await main(['train', 'transformer', '--rl', 'sqn', '--resume', ...tuning])).toBe(2);
    expect(captured.err).toContain('no run of --rl sqn was killed here; accepted: the same without --resume');
    // An older version and what should serve are broken: it says so, begins with what can be read, and serves.
    const models = join(directory.modelsPath, 'transformer');
    for (const version of ['7', '8']) writeFileSync(join(models, `${version}.json`), '{}');
    await directoryRegistry(directory.modelsPath).put(Uint8Array.of(1), someManifest('markov'));
    await directoryRegistry(directory.modelsPath).promote('markov', 1, 1);
    writeFileSync(join(directory.modelsPath, 'markov', '1.json'), '{}');
    expect(await main(['train', 'transformer', '--rl', 'sqn', ...tuning])).toBe(0);
    expect(captured.err).toContain('by the settings of version 1 of "transformer"');
    expect(captured.err).toMatch(/left out: .*7\.json has no format; accepted: 1/);
    expect(captured.err).toMatch(/markov, version 1, should serve and cannot be read: .*no format/);
    expect(rows()[1]).toMatchObject({ agent: 'sqn', version: 1, serves: true });
    const [stored] = await directoryRegistry(directory.modelsPath).list('sqn');
    expect(stored!.settings).toMatchObject({ width: 8, inner: 16, blocks: 2 });
    // It goes on with that shape, which is not its own default.
    expect(await main(['train', 'sqn', '--resume', ...tuning])).toBe(0);
    expect(rows()[2]).toMatchObject({ agent: 'sqn', version: 2 });
  });
  test('so is a gru', async () => {
    const { directory, log } = await shop();
    await log.close();
    const tuning = ['--steps', '256', '--data', directory.path, '--json'];
    const small = ['width=8', 'places=5'].flatMap((one) => ['--setting', one]);
    expect(await main(['train', 'gru', '--rl', 'off-policy-ac', ...small, ...tuning])).toBe(0);
    expect(captured.err).toContain('there is no "gru" here yet');
    const [stored] = await directoryRegistry(directory.modelsPath).list('off-policy-ac');
    expect(stored!.settings).toMatchObject({ body: 'gru', width: 8, places: 5 });
    expect(await main(['train', 'off-policy-ac', '--resume', ...tuning])).toBe(0);
    expect(rows()[1]).toMatchObject({ agent: 'off-policy-ac', version: 2 });
  });
  test('takings as slates: dqn learns the ring from choices within slates; markov has none to choose within', async () => {
    const { log, directory } = await shop();
    await log.close();
    const shared = ['--data', directory.path, '--json', '--takings', 'slates'];
    expect(await main(['train', 'markov', ...shared])).toBe(2);
    expect(captured.err).toContain('markov does not choose within slates');
    expect(await main(['train', 'dqn', '--setting', 'slate=top-k', ...shared])).toBe(2);
    expect(await main(['train', 'dqn', '--world', 'shop-v1', ...shared])).toBe(2);
    expect(captured.err).toContain('leave out --world and --log');
    expect(await main(['train', 'dqn', ...shared])).toBe(0);
    const [stored] = await directoryRegistry(directory.modelsPath).list('dqn');
    expect(stored!.settings).toMatchObject({ slate: 'slateq' });
    expect(rows()[0]!['ndcg@10']).toBeGreaterThan(0.5);
  });
  test('of whom figures of behaviour are, and from when, stands beside them', async () => {
    const { directory, log } = await shop();
    await log.append(
      ring.map((event, i) => ({
        ...event,
        eventId: `v${i}`,
        timestamp: 1000 * (i + 300),
        eventType: Math.floor(i / 24) % 2 === 0 ? 'click' : 'view',
      })),
    );
    await log.close();
    const set = ['width=8', 'inner=16', 'epochs=2', 'behaviour=true'];
    const data = ['--data', directory.path];
    expect(await main(['train', 'transformer', ...set.flatMap((one) => ['--setting', one]), ...data])).toBe(
      0,
    );
    expect(captured.out).toContain('behaviour.nextType.ece');
    expect(captured.out).toContain(
      'of shoppers who came back, or long before the data end; before the held-back',
    );
    captured.out = '';
    const sets = set.flatMap((one) => ['--set', `transformer.${one}`]);
    expect(await main(['evaluate', '--agents', 'transformer', ...sets, ...data])).toBe(0);
    expect(captured.out).toContain('long before the data end\n');
    captured.out = '';
    expect(
      await main(['evaluate', '--protocol', 'sessions', '--agents', 'transformer', ...sets, ...data]),
    ).toBe(0);
    expect(captured.out).toContain('long before the data end; the network has learned the held-back');
  });
  test('embeddings are taken along by --resume, of their own size only', async () => {
    const { directory, log } = await shop();
    await log.close();
    const args = ['train', 'lin-ucb', '--setting', 'features=features,embedding', '--steps', '300'];
    const run = (...more: string[]) => main([...args, ...more, '--data', directory.path, '--json']);
    expect(await run('--embeddings', '3')).toBe(0);
    expect(await run('--resume')).toBe(0);
    expect(await run('--resume', '--embeddings', '5')).toBe(2);
    expect(captured.err).toContain('--embeddings 5: version 2 of "lin-ucb" goes on with 3');
  });
  test('with --resume the newest version learns what was done since, new products too', async () => {
    const { directory, log } = await shop();
    const run = (agent: string, ...more: string[]) =>
      main(['train', agent, ...more, '--data', directory.path, '--json']);
    expect(await run('als', '--setting', 'factors=9')).toBe(0);
    expect(await run('random')).toBe(0);
    expect(await run('als', '--resume')).toBe(1);
    expect(captured.err).toContain('has learned all that is in the log');
    await log.append([{ ...ring[0]!, eventId: 'later', timestamp: 1e6, itemId: 'new' }]);
    await log.close();
    captured.out = '';
    expect(await run('als', '--resume')).toBe(0);
    expect(rows()[0]).toMatchObject({ agent: 'als', version: 2, validated: 1, interactions: 241 });
    // What is not asked for anew is as the version was taught.
    expect((await directoryRegistry(directory.modelsPath).list('als'))[0]!.settings.factors).toBe(9);
    expect(await run('als', '--resume', '--setting', 'factors=8')).toBe(2);
    expect(captured.err).toContain('factors is 9 in version 2, 8 here');
    expect(await run('random', '--resume')).toBe(1);
    expect(captured.err).toContain('knows 15 items and the shop has 16 now');
    expect(captured.err).toContain('train without --resume');
  });
  test('a single agent serves where nothing does, or when it is told to', async () => {
    const { directory, log } = await shop();
    await log.close();
    for (const [args, serves] of [
      [['markov'], true],
      [['popularity'], false],
      [['popularity', '--promote', '--setting', 'epsilon=0.1', '--seed', '7'], true],
    ] as const) {
      captured.out = '';
      expect(await main(['train', ...args, '--data', directory.path, '--json'])).toBe(0);
      expect(rows()[0]!.serves).toBe(serves);
    }
    expect(await directoryRegistry(directory.modelsPath).serving()).toMatchObject({
      agent: 'popularity',
      version: 2,
      seed: 7,
      settings: { epsilon: 0.1 },
    });
  });
  test.each([
    ['manifest', '1.json', '{"agent":"markov"', 'is not a manifest'],
    ['model', '1.model', 'x', 'is not what was stored'],
  ])(
    'where the %s of what should serve is broken the new version serves, and it says so',
    async (_, file, text, why) => {
      const { directory, log } = await shop();
      await log.close();
      const train = () => main(['train', 'markov', '--data', directory.path, '--json']);
      expect(await train()).toBe(0);
      writeFileSync(join(directory.modelsPath, 'markov', file), text);
      expect(await train()).toBe(0);
      expect(captured.err).toMatch(
        new RegExp(
          `^tendril: markov, version 1, should serve and cannot be read: .*${why}.*; the new version serves`,
          'm',
        ),
      );
      expect(rows()[1]).toMatchObject({ version: 2, serves: true });
      expect(await directoryRegistry(directory.modelsPath).serving()).toMatchObject({ version: 2 });
      expect(await train()).toBe(0);
      expect(rows()[2]).toMatchObject({ version: 3, serves: false });
    },
  );
  test('tries every combination of the values given and keeps the best on validation', async () => {
    const { directory, log } = await shop();
    await log.close();
    const values = ['--try', 'learningRate=0,0.5', '--try', 'epsilon=0.1,0.2'];
    expect(await main(['train', 'q-learning', '--data', directory.path, ...values, '--json'])).toBe(0);
    const tried = rows().slice(0, -1);
    expect(tried.map((row) => row.tried)).toEqual([
      'learningRate=0 epsilon=0.1',
      'learningRate=0 epsilon=0.2',
      'learningRate=0.5 epsilon=0.1',
      'learningRate=0.5 epsilon=0.2',
    ]);
    const figures = tried.map((row) => Number(row['ndcg@10']));
    expect(figures[2]).toBeGreaterThan(figures[0]!);
    expect(rows().at(-1)).toMatchObject({ agent: 'q-learning', version: 1, 'ndcg@10': figures[2] });
    const [stored] = await directoryRegistry(directory.modelsPath).list();
    expect(stored!.settings).toMatchObject({ learningRate: 0.5, epsilon: 0.1 });
  });
  test('rewards and discounts are tried as well', async () => {
    const { directory, log } = await shop();
    await log.close();
    const values = ['--try', 'discount=0,0.5', '--try', 'reward=1*click,2*click + 1*rating'];
    expect(await main(['train', 'q-learning', '--data', directory.path, ...values, '--json'])).toBe(0);
    expect(rows()).toHaveLength(5);
    const [stored] = await directoryRegistry(directory.modelsPath).list();
    expect(['1*click', '2*click + 1*rating']).toContain(stored!.encoding.reward);
  });
  test('in a world --resume goes on with the settings of the version, and names one that cannot be had', async () => {
    const data = join(scratch.path, 'kept');
    const dqn = ['train', 'dqn', '--world', 'bandit-v1', '--steps', '200', '--data', data, '--json'];
    expect(await main([...dqn, '--setting', 'hidden=8', '--setting', 'embedding=8'])).toBe(0);
    expect(await main([...dqn, '--resume'])).toBe(0);
    const [newest] = await directoryRegistry(join(data, 'worlds', 'bandit-v1')).list('dqn');
    expect(newest).toMatchObject({ version: 2, settings: { hidden: 8, embedding: 8 } });
    expect(await main([...dqn, '--resume', '--setting', 'hidden=16'])).toBe(2);
    expect(captured.err).toContain('hidden is 8 in version 2, 16 here; accepted');
  });
  test('in a world, the last line says how well it did', async () => {
    expect(await main(['train', 'item-knn', '--world', 'shop-v1', '--steps', '400', '--json'])).toBe(0);
    expect(rows()).toEqual([
      expect.objectContaining({
        agent: 'item-knn',
        world: 'shop-v1',
        steps: 400,
        meanReturn: expect.any(Number),
        seconds: expect.any(Number),
      }),
    ]);
    captured.out = '';
    const ppo = ['train', 'ppo', '--world', 'campaign-v1', '--worlds', '16', '--steps', '1024', '--json'];
    expect(await main(ppo)).toBe(0);
    const [row] = rows() as { meanReturn: number; bestReturn: number; steps: number }[];
    expect(row!.steps).toBe(1024);
    expect(row!.bestReturn).toBeGreaterThan(0.8);
    expect(row!.meanReturn).toBeLessThan(row!.bestReturn);
  });
  test('a policy of a world goes into a file, and is judged from there', async () => {
    const file = join(scratch.path, 'offers.policy');
    const train = ['train', 'ppo', '--world', 'campaign-v1', '--steps', '1024', '--out', file, '--json'];
    expect(await main(train)).toBe(0);
    expect(rows()[0]).toMatchObject({ policy: file });
    const { meanReturn, bestReturn } = rows()[0]!;
    captured.out = '';
    expect(await main(['evaluate', '--policy', file, '--world', 'campaign-v1', '--json'])).toBe(0);
    expect(rows()[0]).toMatchObject({ agent: 'ppo', world: 'campaign-v1', bestReturn });
    expect(rows()[0]!.meanReturn).toBeCloseTo(meanReturn as number, 12);
    expect(await main(['evaluate', '--policy', file, '--world', 'cart-pole-v1'])).toBe(1);
    expect(captured.err).toContain('was trained in "campaign-v1", not in "cart-pole-v1"');
  });
  test.each([
    [['train'], 2, 'name one agent, or auto'],
    [['train', 'nobody'], 2, 'there is no agent "nobody"'],
    [['train', 'markov', '--data', '/not/there'], 1, 'there is no data directory'],
    [['train', 'markov', '--world', 'bandit-v1'], 2, 'learns from shoppers'],
    [['train', 'markov', '--world', 'shop-v9'], 2, 'there is no world "shop-v9"'],
    [
      ['train', 'markov', '--setting', 'speed=3', '--data', '/not/there'],
      2,
      'markov: unknown setting "speed"',
    ],
    [['train', 'markov', '--checkpoint', '-1'], 2, 'a number of seconds from 0'],
    [['train', 'dqn', '--world', 'bandit-v1', '--resume'], 2, 'accepted with --world: --data'],
    [['train', 'markov', '--try', 'speed=1,2'], 2, 'markov: unknown setting "speed"'],
    [['train', 'q-learning', '--try', 'discount=0,2'], 2, 'accepted: numbers from 0 to 1'],
    [['train', 'q-learning', '--try', 'reward=2*luck'], 2, 'there is no signal "luck"'],
    [['train', 'auto', '--try', 'epsilon=0,1'], 2, '--try goes with one agent on a shop'],
    [['train', 'markov', '--setting', 'x'], 2, 'accepted: key=value'],
    [['train', 'markov', '--try', 'window'], 2, 'accepted: key=a,b,c'],
    [
      ['train', 'markov', '--try', 'window=1,2', '--setting', 'window=3'],
      2,
      'window stands in --try and in --setting',
    ],
    [['train', 'markov', '--reward', '2*luck'], 2, 'there is no signal "luck"'],
    [['train', 'ppo', '--world', 'shop-v1'], 2, 'it cannot choose actions of kind "slate"'],
    [['train', 'ppo', '--worlds', '4'], 2, '--worlds is for training in a world'],
    [['train', 'dqn', '--keep-best'], 2, '--keep-best is for training in a world'],
    [['train', 'markov', '--world-option', 'x=1'], 2, '--world-option is for training in a world'],
    [['train', 'markov', '--out', 'x'], 2, '--out is for policies trained in a world'],
    [['train', 'ppo', '--world', 'campaign-v1', '--out', '/'], 1, '/ is a directory'],
    [['train', 'markov', '--steps', 'many'], 2, 'a whole number from 1'],
  ])('%j: exit code %i and a sentence', async (args, code, sentence) => {
    expect(await main(args)).toBe(code);
    expect(captured.err).toContain(sentence);
    expect(captured.err).not.toContain('    at ');
  });
});
