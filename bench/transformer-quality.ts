/**
 * `TENDRIL_DATASETS=... node bench/transformer-quality.ts [sets] [seeds] [key=value ...]`: the agent `transformer` on the
 * three S3-Rec files, leave one out, a row for each file and seed, and how long it took to get there: processor and clock
 * seconds up to each validation, and the most memory the process ever held (bench/results/transformer.json): of one file and seed
 * alone where no other was named before it. A run that is ended goes on from its checkpoint. Where
 * TENDRIL_MODELS names a folder, the trained network is left there for bench/blend.ts.
 */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkpointFile, openEngine, readSequenceFile } from '../src/adapters/index.ts';
import { type AgentDefinition, agentNamed } from '../src/agent/index.ts';
import { evaluateSequences, leaveOneOut } from '../src/eval/index.ts';
import { datasets, merged, record, rounded } from './record.ts';
import { leavingModel, modelPath } from './trained-agent.ts';

const root = datasets();
const [sets = 'Beauty,Sports_and_Outdoors,Toys_and_Games', seeds = '1,2,3', ...given] = process.argv.slice(2);
const settings = Object.fromEntries(given.map((pair) => pair.split('=') as [string, string]));
const unfinished = join(import.meta.dirname, '.unfinished');
mkdirSync(unfinished, { recursive: true });

for (const set of sets.split(',')) for (const seed of seeds.split(',')) await measure(set, Number(seed));

interface Point {
  readonly pass: number;
  readonly processorSeconds: number;
  readonly seconds: number;
  readonly best: number;
}

async function measure(set: string, seed: number): Promise<void> {
  const sequences = await readSequenceFile(join(root, 's3rec-amazon-sequences', `${set}.txt.gz`), new Map());
  const file = join(unfinished, [set, seed, ...given].join('-').replaceAll('/', '_'));
  const checkpoint = checkpointFile(`${file}.checkpoint`, { seconds: 60, now: Date.now, resume: true });
  const before: { processorSeconds: number; seconds: number; peakMegabytes?: number; curve: Point[] } =
    checkpoint.found && existsSync(`${file}.json`)
      ? JSON.parse(readFileSync(`${file}.json`, 'utf8'))
      : { processorSeconds: 0, seconds: 0, curve: [] };
  const curve = [...before.curve];
  const begun = performance.now();
  const used = process.cpuUsage();
  const spent = (): { processorSeconds: number; seconds: number } => {
    const { user, system } = process.cpuUsage(used);
    return {
      processorSeconds: rounded(before.processorSeconds + (user + system) / 1e6),
      seconds: rounded(before.seconds + (performance.now() - begun) / 1000),
    };
  };
  // The operating system counts in 1,024 bytes.
  const peak = (): { peakMegabytes: number } => ({
    peakMegabytes: Math.max(
      before.peakMegabytes ?? 0,
      Math.round((process.resourceUsage().maxRSS * 1024) / 1e6),
    ),
  });
  const { figures, report } = await evaluateSequences(keptIn(process.env.TENDRIL_MODELS, set, seed), {
    split: leaveOneOut(sequences),
    k: 10,
    seed,
    settings,
    now: () => performance.now(),
    engine: openEngine,
    progress(_done, _total, note = '') {
      const [, pass, best] = /pass (\d+), best HR@10 ([\d.]+)/.exec(note) ?? [];
      if (!pass || Number(pass) - 1 <= (curve.at(-1)?.pass ?? 0)) return;
      curve.push({ pass: Number(pass) - 1, ...spent(), best: Number(best) });
      console.log(`${set} seed ${seed}: ${JSON.stringify(curve.at(-1))}`);
    },
    checkpoint: {
      ...checkpoint,
      async keep(bytes) {
        await checkpoint.keep(bytes);
        writeFileSync(`${file}.json`, JSON.stringify({ ...spent(), ...peak(), curve }));
      },
    },
  });
  const row = {
    set,
    seed,
    ...Object.fromEntries(Object.entries(figures).map(([figure, value]) => [figure, rounded(value)])),
    ...report,
    ...spent(),
    ...peak(),
    ...(given.length > 0 && { settings }),
    curve,
  };
  console.log(
    `${set} seed ${seed}: hr@10 ${figures['hr@10']!.toFixed(4)} ndcg@10 ${figures['ndcg@10']!.toFixed(4)}, at most ${row.peakMegabytes} MB`,
  );
  const rows = merged('transformer', [row], ['set', 'seed', 'settings']);
  record('transformer', {
    command: 'node bench/transformer-quality.ts',
    data: 'Amazon product data 2014 as prepared for S3-Rec: Beauty, Sports_and_Outdoors, Toys_and_Games',
    seeds: [...new Set(rows.map((one) => Number(one.seed)))],
    notes: [
      'Leave one out, as in s3rec.json; the defaults of the agent but for `settings` of each row, chosen on validation interactions with seed 1, rowRate on those of all three files, the others on those of Beauty (docs/agents/transformer.md).',
      'peakMegabytes: the largest resident memory of the process, data, training and judging; it holds what ran before in the same process.',
      'curve: the best validation HR@10 after a pass (at most 10,000 histories) and the processor and clock seconds up to there; clock seconds depend on what else the machine did. Threads of a step: `settings` of each row.',
    ],
    rows,
  });
  checkpoint.remove();
  rmSync(`${file}.json`, { force: true });
}

/** The agent, leaving its model in a folder if there is one. */
function keptIn(folder: string | undefined, set: string, seed: number): AgentDefinition {
  const definition = agentNamed('transformer');
  if (!folder) return definition;
  mkdirSync(folder, { recursive: true });
  return leavingModel(definition, modelPath(folder, 'transformer', set, seed, settings));
}
