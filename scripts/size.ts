/** `npm run size`: lines of source by folder, beside the budget that a change must raise in the open. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * 25,000 at first, for all; reviews and clicks alone came to 28,000, with campaigns 47,000. The agents that read histories (the
 * transformer, its heads and fine-tuning, recurrent and closed-form ones) and two-stage answers came to 58,000; kernels on two
 * threads, lessons that are taken back and the best policy on the way to 58,400; rewards of past takings for the transformer 58,600;
 * models that cannot serve, and sentences for what is wrong, 58,900; products that come
 * after a model, and lessons of what was done since, 59,300; several sources of candidates, a taught head of event types, and blends
 * that look at recency, 59,900; servers that teach their model, removal of its older lessons, filter bubbles, vectors of products, and counts that take in new ones,
 * 60,400; how far the rows of items move while they learn, and a command
 * for the versions that are stored, 60,550; figures of what was trained anew beside what was taught on, and versions that cannot be
 * read, 60,610.
 */
const budget = 60_610;
const src = join(import.meta.dirname, '../src');
const lines = new Map<string, { files: number; source: number; tests: number }>();
for (const file of readdirSync(src, { recursive: true, encoding: 'utf8' })) {
  if (!file.endsWith('.ts') || file.endsWith('.data.ts')) continue;
  const unit = file.split('/')[0]!;
  const entry = lines.get(unit) ?? { files: 0, source: 0, tests: 0 };
  const count = readFileSync(join(src, file), 'utf8').split('\n').length - 1;
  if (/\.(test|suite)\.ts$/.test(file)) entry.tests += count;
  else {
    entry.files++;
    entry.source += count;
  }
  lines.set(unit, entry);
}
let total = 0;
for (const [unit, { files, source, tests }] of [...lines].sort((a, b) => b[1].source - a[1].source)) {
  total += source;
  console.log(
    `${unit.padEnd(14)} ${String(source).padStart(6)} lines in ${String(files).padStart(3)} files, ${String(tests).padStart(6)} of tests`,
  );
}
console.log(`${'together'.padEnd(14)} ${String(total).padStart(6)} of ${budget}`);
process.exitCode = total > budget ? 1 : 0;
