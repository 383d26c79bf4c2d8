import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { agentNamed } from '../agent/index.ts';
import { pack } from '../core/index.ts';
import { trainInWorld, trainOnLog } from '../learn/index.ts';
import type { CampaignLog } from '../measure/index.ts';
import { worldNamed } from '../world/index.ts';
import { openEngine } from './open-engine.ts';
import { checkOutPath } from './out-path.ts';
import { openPolicyFile, writePolicyFile } from './policy-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'tendril-policy-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const path = join(folder, 'deep/campaign.policy');
const world = worldNamed('campaign-v1');
const trained = await trainInWorld({
  definition: agentNamed('ppo'),
  settings: { hidden: 8, rolloutSteps: 8 },
  world,
  seed: 1,
  steps: 128,
  episodes: 8,
  engine: await openEngine(),
  clock: () => 0,
});
checkOutPath(path);
writePolicyFile(path, trained);
const bytes = readFileSync(path);

test('a policy read back acts as the one that was written', async () => {
  const { agent, manifest, definition } = await openPolicyFile(path, 'campaign-v1');
  expect(definition).toBe(world);
  expect(manifest).toEqual(trained.manifest);
  const seen = world.create(16).reset(5);
  const [before, after] = await Promise.all([trained.agent, agent].map((a) => a.policy().evaluate(seen, 16)));
  expect(after!.values).toEqual(before!.values);
});

test('a policy learned from a log keeps what was allowed in the rows it is explained by', async () => {
  const n = 40;
  const action = Int32Array.from({ length: n }, (_, i) => i % 2);
  // The second action was ruled out in every fourth row.
  const mask = Uint8Array.from({ length: 2 * n }, (_, i) => (i % 8 === 1 ? 0 : 1));
  const log: CampaignLog = {
    n,
    actions: ['none', 'mail'],
    action,
    position: new Int32Array(n),
    positions: [''],
    propensity: new Float64Array(n).fill(0.5),
    reward: Float64Array.from(action),
    features: Float64Array.from({ length: n }, (_, i) => i),
    width: 1,
    columns: [{ name: 'age' }],
    outcomes: {},
    shopper: Int32Array.from({ length: n }, (_, i) => i),
    time: new Float64Array(n),
  };
  const reading = { action: 'action', propensity: 'propensity', reward: { column: 'outcome' } } as const;
  const learn = (ruled: CampaignLog) =>
    trainOnLog({ definition: agentNamed('lin-ucb'), log: ruled, reading, seed: 1, clock: () => 0 });
  const file = join(folder, 'ruled.policy');
  writePolicyFile(file, await learn({ ...log, allowed: { actions: log.actions, mask } }));
  const replay = (await openPolicyFile(file)).definition.create(200);
  const ages = replay.reset(1);
  const allowed = replay.masks!();
  for (let i = 0; i < 200; i++)
    expect([...allowed.subarray(2 * i, 2 * i + 2)]).toEqual(ages[i]! % 4 === 0 ? [1, 0] : [1, 1]);
  writePolicyFile(file, await learn(log));
  expect((await openPolicyFile(file)).definition.create(1).masks).toBeUndefined();
});

test('whatever byte is changed or missing, the file is refused in a sentence', async () => {
  const bad = join(folder, 'bad.policy');
  for (let at = 0; at < bytes.length; at += at < 1600 ? 3 : 997) {
    const changed = Buffer.from(bytes);
    changed[at]! ^= 1;
    writeFileSync(bad, changed);
    await expect(openPolicyFile(bad), `byte ${at}`).rejects.toMatchObject({ code: 'bad-model' });
    writeFileSync(bad, bytes.subarray(0, at));
    await expect(openPolicyFile(bad), `${at} bytes`).rejects.toMatchObject({ code: 'bad-model' });
  }
});

test.each([
  ['another world', () => path, 'cart-pole-v1', 'was trained in "campaign-v1", not in "cart-pole-v1"'],
  ['no file', () => join(folder, 'nothing'), undefined, 'there is no file'],
  ['a directory', () => folder, undefined, 'is a directory; a policy file is what'],
  [
    'a stored model',
    () => written(trained.model),
    undefined,
    'is no policy file: it does not begin with TDPF',
  ],
  [
    'another format',
    () => written(pack('TDPF', { header: { format: 2 }, arrays: {} })),
    undefined,
    'of format 2; this version reads format 1',
  ],
] as const)('%s is told apart', async (_what, file, expected, sentence) => {
  await expect(openPolicyFile(file(), expected)).rejects.toThrow(sentence);
});

function written(content: Uint8Array): string {
  const file = join(folder, 'other.policy');
  writeFileSync(file, content);
  return file;
}

test('a path that cannot become a file is refused before anything is trained', () => {
  mkdirSync(join(folder, 'taken'));
  expect(() => checkOutPath(join(folder, 'taken'))).toThrow('is a directory');
  expect(() => checkOutPath(join(path, 'under-a-file'))).toThrow('EEXIST');
});
