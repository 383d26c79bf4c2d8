import { readFileSync } from 'node:fs';
import { join } from 'node:path';

type Settings = Readonly<Record<string, string | number>>;

/** In every run on the S3-Rec files: one thread, so that other processes do not change the numbers; the attributes of items hold no prices. */
export const always: Readonly<Record<string, Settings>> = {
  content: { priceWeight: 0 },
  transformer: { threads: 1 },
  gru: { threads: 1 },
  lstm: { threads: 1 },
};

/** Of the settings that bench/tuning.ts tried for an agent those with the highest NDCG@10 on validation; for a blend those of its parts. */
export function tuned(name: string): Settings {
  const parts = name.split('+');
  if (parts.length > 1)
    return Object.fromEntries(
      parts.flatMap((part) =>
        Object.entries(tuned(part)).map(([setting, value]) => [`${part}.${setting}`, value]),
      ),
    );
  const path = join(import.meta.dirname, 'results/tuning.json');
  const { rows }: { rows: { agent: string; setting: string; 'ndcg@10': number }[] } = JSON.parse(
    readFileSync(path, 'utf8'),
  );
  const tried = rows.filter(({ agent }) => agent === name).sort((a, b) => b['ndcg@10'] - a['ndcg@10']);
  const best = tried[0]?.setting ?? 'defaults';
  const words = best === 'defaults' ? [] : best.split(' ').map((word) => word.split('='));
  return {
    ...always[name],
    ...Object.fromEntries(words.map(([setting, value]) => [setting, Number(value)])),
  };
}
