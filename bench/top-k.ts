/**
 * `TENDRIL_PEERS=... node bench/top-k.ts [results.json]`: milliseconds for the top 20 of 100,000 rows of 64 numbers, one
 * query at a time, one thread: our exact index beside the prototype it grew from (int8 scan with a sampled, approximate
 * threshold, then single-precision rescoring), found in the folder topk of TENDRIL_PEERS. Same rows, same queries, same
 * process; rounds of 200 queries alternate; the median of 5 rounds' medians counts. The prototype is compiled:
 * `npm exec --package=assemblyscript@0.28.20 -- node bench/top-k.ts`.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildTopK } from '../src/math/index.ts';

const [n, width, k, queryCount] = [100_000, 64, 20, 200];
const peers = process.env.TENDRIL_PEERS;
const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!;

const { items, queries } = await rowsAndQueries();
const query = (i: number): Float32Array => queries.subarray(i * width, (i + 1) * width);
const index = buildTopK(items, n, width);
const exact = Array.from({ length: 50 }, (_, i) => bruteForce(query(i)));
const searches: Record<string, (i: number) => ArrayLike<number>> = {
  tendril: (i) => index.search(query(i), k).items,
};
if (peers) searches.prototype = await prototype();
else console.log('skipped: the prototype, since TENDRIL_PEERS is not set');

const rounds = Object.fromEntries(Object.keys(searches).map((name) => [name, [] as number[]]));
for (let round = 0; round < 6; round++) {
  for (const [name, search] of Object.entries(searches)) {
    const times = Array.from({ length: queryCount }, (_, i) => {
      const start = performance.now();
      search(i);
      return performance.now() - start;
    });
    if (round > 0) rounds[name]!.push(median(times));
  }
}
const rows = Object.entries(searches).map(([name, search]) => {
  const hits = exact.map((wanted, i) => {
    const found = new Set(Array.from(search(i)));
    return wanted.filter((item) => found.has(item)).length / k;
  });
  return {
    index: name,
    ms: Number(median(rounds[name]!).toFixed(3)),
    recall: Number((hits.reduce((sum, hit) => sum + hit, 0) / hits.length).toFixed(4)),
  };
});
for (const row of rows) console.log(JSON.stringify(row));
if (rows[1]) console.log(`ratio ${(rows[0]!.ms / rows[1].ms).toFixed(2)}`);

const path = process.argv[2];
if (path) {
  const result = {
    command: 'node bench/top-k.ts',
    date: new Date().toISOString().slice(0, 10),
    machine: `${cpus().length} x ${cpus()[0]?.model}`,
    node: process.version,
    data: `${n} rows of ${width}, mixture of 200 normal clusters, decaying spectrum, seed 7`,
    rows,
  };
  writeFileSync(path, `${JSON.stringify(result, null, 2)}\n`);
}

/** The prototype's generator where it is at hand, so that its numbers can be compared; else plain normal rows. */
async function rowsAndQueries(): Promise<{ items: Float32Array; queries: Float32Array }> {
  if (peers) {
    const { gen } = await import(pathToFileURL(join(peers, 'topk/data.mjs')).href);
    return gen(n);
  }
  const { rng } = await import('../src/core/index.ts');
  const chance = rng(7);
  const draw = (count: number): Float32Array =>
    Float32Array.from({ length: count * width }, () => chance.normal());
  return { items: draw(n), queries: draw(queryCount) };
}

function bruteForce(q: Float32Array): number[] {
  const scores = Float64Array.from({ length: n }, (_, i) => {
    let sum = 0;
    for (let j = 0; j < width; j++) sum += q[j]! * items[i * width + j]!;
    return sum;
  });
  return Array.from(scores.keys())
    .sort((a, b) => scores[b]! - scores[a]!)
    .slice(0, k);
}

/** Compiles the prototype's scan and drives it as its own benchmark does. */
async function prototype(): Promise<(i: number) => ArrayLike<number>> {
  const folder = mkdtempSync(join(tmpdir(), 'tendril-top-k-'));
  writeFileSync(join(folder, 'scan.ts'), readFileSync(join(peers!, 'topk/scan.ts')));
  const flags =
    '--outFile scan.wasm --enable simd --runtime stub --importMemory --noExportMemory -O3 --noAssert';
  execFileSync('asc', ['scan.ts', '--baseDir', folder, ...flags.split(' ')], {
    cwd: folder,
    stdio: 'inherit',
  });
  const sample = 2048;
  const cap = 20_000;
  const pages = Math.ceil((n * 324 + 3e7) / 65536);
  const memory = new WebAssembly.Memory({ initial: pages, maximum: 65536 });
  const instance = new WebAssembly.Instance(new WebAssembly.Module(readFileSync(join(folder, 'scan.wasm'))), {
    env: { memory, abort() {} },
  });
  const { scanI8, scanF32 } = instance.exports as Record<string, (...args: number[]) => number>;
  let free = 65536;
  const at = (size: number): number => {
    const place = free;
    free = (free + size + 63) & ~63;
    return place;
  };
  const [rowsAt, bytesAt, scalesAt, queryAt, query16At] = [n * 256, n * 64, n * 4, 256, 128].map(
    at,
  ) as number[];
  const [foundAt, scoresAt, sampleAt, sampleItemsAt, sampleScoresAt] = [
    cap * 4,
    cap * 4,
    sample * 256,
    sample * 4,
    sample * 4,
  ].map(at) as number[];
  const all = new Float32Array(memory.buffer, rowsAt!, n * width);
  all.set(items);
  const bytes = new Int8Array(memory.buffer, bytesAt!, n * width);
  const scales = new Float32Array(memory.buffer, scalesAt!, n);
  for (let i = 0; i < n; i++) {
    let most = 0;
    for (let j = 0; j < width; j++) most = Math.max(most, Math.abs(items[i * width + j]!));
    scales[i] = most / 127;
    for (let j = 0; j < width; j++) bytes[i * width + j] = Math.round(items[i * width + j]! / (most / 127));
  }
  const sampled = new Float32Array(memory.buffer, sampleAt!, sample * width);
  for (let i = 0; i < sample; i++) {
    const from = Math.floor((i * n) / sample) * width;
    sampled.set(items.subarray(from, from + width), i * width);
  }
  const [q32, q16] = [
    new Float32Array(memory.buffer, queryAt!, width),
    new Int16Array(memory.buffer, query16At!, width),
  ];
  const [found, scores] = [
    new Int32Array(memory.buffer, foundAt!, cap),
    new Float32Array(memory.buffer, scoresAt!, cap),
  ];
  const sampleScores = new Float32Array(memory.buffer, sampleScoresAt!, sample);
  const want = Math.max(3, Math.ceil((sample * 200) / n));
  return (i) => {
    const q = query(i);
    q32.set(q);
    let most = 0;
    for (const value of q) most = Math.max(most, Math.abs(value));
    const unit = most / 8191;
    for (let j = 0; j < width; j++) q16[j] = Math.round(q[j]! / unit);
    scanF32!(queryAt!, sampleAt!, 0, sample, -1e30, sampleItemsAt!, sampleScoresAt!, sample);
    const top: number[] = [];
    for (const score of sampleScores) {
      if (top.length < want) top.push(score);
      else if (score > top[0]!) top[0] = score;
      else continue;
      if (top.length === want) top.sort((a, b) => a - b);
    }
    const count = scanI8!(query16At!, bytesAt!, scalesAt!, 0, n, top[0]! / unit, foundAt!, scoresAt!, cap);
    const candidates = Array.from({ length: count }, (_, j) => [found[j]!, scores[j]!] as [number, number]);
    const kept = candidates.sort((a, b) => b[1] - a[1]).slice(0, 100);
    for (const pair of kept) {
      let sum = 0;
      for (let j = 0; j < width; j++) sum += q[j]! * all[pair[0] * width + j]!;
      pair[1] = sum;
    }
    return kept
      .sort((a, b) => b[1] - a[1])
      .slice(0, k)
      .map(([item]) => item);
  };
}
