/**
 * `node bench/transformer-step.ts [rounds]`: milliseconds of one training step of the agent `transformer`, beside PyTorch on the
 * same shapes in the same run, turn by turn: 128 histories of 50 of 3,500 items, width 64, 2 blocks, 2 heads, 256 ReLU
 * units, no dropout; whole softmax, or 256 shared negatives; on one thread and on two. TENDRIL_TORCH_PYTHON names a
 * Python that has PyTorch; where it is not set that side is left out, and said to be. Writes bench/results/transformer-step.json.
 *
 * Times on a shared machine vary, so a ratio is of the medians of the best rounds of both sides, and processor milliseconds
 * stand beside those of the clock.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ortEngine } from '../src/adapters/index.ts';
import { windowsOf } from '../src/agent/sequence-windows.ts';
import { kindTokens } from '../src/agent/token-parts.ts';
import { transformerModel } from '../src/agent/transformer-model.ts';
import { rng, sequencesOf } from '../src/core/index.ts';
import { record, rounded } from './record.ts';

const [items, places, batchSize] = [3500, 50, 128];
const rounds = Number(process.argv[2] ?? 3);
const python = process.env.TENDRIL_TORCH_PYTHON;
if (!python) console.error('TENDRIL_TORCH_PYTHON is not set to a Python with PyTorch: that side is skipped');

interface Times {
  readonly ms: number;
  readonly processorMs: number;
}

const chance = rng(1);
const sequences = sequencesOf(
  Array.from({ length: batchSize }, () => Array.from({ length: places + 1 }, () => chance.int(items))),
  items,
);
const batch = { length: places, windows: windowsOf(sequences, places) };
const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!;

async function ours(threads: number, negatives: number, steps: number): Promise<Times> {
  const model = await transformerModel({
    shape: { items, kinds: 0, places, width: 64, heads: 2, blocks: 2, inner: 256, negatives },
    parts: kindTokens(0),
    engine: await ortEngine(),
    rng: rng(1),
    batchSize,
    learningRate: 0.001,
    rowRate: 1,
    rowLength: 0,
    dropout: 0,
    clipNorm: 0,
    threads,
  });
  for (let i = 0; i < 4; i++) await model.update(sequences, batch);
  const [wall, processor]: [number[], number[]] = [[], []];
  for (let i = 0; i < steps; i++) {
    const [began, used] = [performance.now(), process.cpuUsage()];
    await model.update(sequences, batch);
    wall.push(performance.now() - began);
    const { user, system } = process.cpuUsage(used);
    processor.push((user + system) / 1000);
  }
  return { ms: median(wall), processorMs: median(processor) };
}

let version = '';
function peer(threads: number, negatives: number, steps: number): Times | undefined {
  if (!python) return undefined;
  const script = join(import.meta.dirname, 'peers/transformer_step.py');
  const { stdout, stderr, status } = spawnSync(python, [script, threads, negatives, steps].map(String), {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`${python} ${script} ended with ${status}: ${stderr}`);
  const told: { torch: string; ms: number[]; processorMs: number[] } = JSON.parse(
    stdout.trim().split('\n').at(-1)!,
  );
  version = told.torch;
  return { ms: median(told.ms), processorMs: median(told.processorMs) };
}

const rows = [];
for (const [negatives, steps] of [
  [256, 20],
  [0, 8],
] as const)
  for (const threads of [1, 2]) {
    const sides: { tendril: Times[]; torch: Times[] } = { tendril: [], torch: [] };
    for (let round = 0; round < rounds; round++) {
      sides.tendril.push(await ours(threads, negatives, steps));
      const other = peer(threads, negatives, steps);
      if (other) sides.torch.push(other);
    }
    const best = (times: readonly Times[], of: keyof Times): number =>
      rounded(Math.min(...times.map((one) => one[of])));
    const row = {
      softmax: negatives > 0 ? `${negatives} negatives` : 'whole',
      threads,
      'tendril ms': best(sides.tendril, 'ms'),
      'tendril processor ms': best(sides.tendril, 'processorMs'),
      ...(sides.torch.length > 0 && {
        'PyTorch ms': best(sides.torch, 'ms'),
        'PyTorch processor ms': best(sides.torch, 'processorMs'),
        ratio: rounded(best(sides.tendril, 'ms') / best(sides.torch, 'ms')),
        'ratio of processor ms': rounded(
          best(sides.tendril, 'processorMs') / best(sides.torch, 'processorMs'),
        ),
      }),
      rounds: sides,
    };
    console.log(JSON.stringify(row));
    rows.push(row);
  }
record('transformer-step', {
  command: 'node bench/transformer-step.ts',
  data: 'random items',
  seeds: [1],
  notes: [
    version
      ? `PyTorch ${version} on the CPU with fused attention and fused Adam; a ratio below 1 means that tendril takes less time.`
      : 'PyTorch was not there: TENDRIL_TORCH_PYTHON was not set.',
    'A step is forward, backward and Adam, reading the histories included; medians of a round, best of the rounds.',
  ],
  rows,
});
