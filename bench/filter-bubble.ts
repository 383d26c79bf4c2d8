/**
 * `node bench/filter-bubble.ts`: do lists narrow what shoppers see, and what does it cost to widen them (bench/results/filter-bubble.json)?
 * On the bundled shop, with TENDRIL_DATASETS on MovieLens 100k too, agents are taught as `tendril train` teaches them, and guess what each shopper
 * took last by lists of ten, drawn as a decision draws them without exploring, under each `diversity` a request may ask for.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { agentNamed } from '../src/agent/index.ts';
import { readSettings, rng } from '../src/core/index.ts';
import { drawSlate } from '../src/decide/index.ts';
import { alikenessAmong } from '../src/decide/rules.ts';
import type { ShopData } from '../src/learn/index.ts';
import {
  categoryDiversity,
  coverage,
  exposureOf,
  filterBubble,
  gainsOf,
  meanOf,
  pairedBootstrap,
} from '../src/measure/index.ts';
import { observationOf } from '../src/state/index.ts';
import { importedShop } from './imported-shop.ts';
import { merged, record, rounded } from './record.ts';

const agents = ['popularity', 'markov', 'item-knn', 'markov+item-knn'];
const shares = [0, 0.1, 0.3, 0.5, 0.7, 0.9];
const [k, seed, supportSize] = [10, 1, 500];
const demo = join(import.meta.dirname, '../data/demo');
const root = process.env.TENDRIL_DATASETS;
const shops = {
  'complete-journey': readdirSync(demo).map((name) => join(demo, name)),
  ...(root && {
    movielens: ['inter', 'item', 'user'].map((part) => join(root, 'movielens-100k', `ml-100k.${part}.gz`)),
  }),
};
if (!root) console.log('skipped: MovieLens 100k, for TENDRIL_DATASETS is not set');
const rows: Record<string, unknown>[] = [];
for (const [shop, files] of Object.entries(shops)) await judge(shop, await importedShop(shop, files));

record('filter-bubble', {
  command: 'node bench/filter-bubble.ts',
  data: 'the last taking of each shopper, learned on what was before: Complete Journey 2.0 of 84.51° (the bundled sample, product types), MovieLens 100k (the last genre of a film)',
  seeds: [seed],
  notes: [
    `The policy's best ${supportSize} are drawn from, without exploring.`,
    'Above: 95 % bounds of a paired bootstrap over shoppers.',
  ],
  rows: merged('filter-bubble', rows, ['shop', 'agent', 'diversity']),
});

async function judge(shop: string, data: ShopData): Promise<void> {
  const { inputs, targets, observations, repeats } = data.validation;
  const { categories } = data.features;
  const historyOf = (row: number): Int32Array =>
    inputs.items.subarray(inputs.offsets[row], inputs.offsets[row + 1]);
  const { size } = observationOf(data.encoder.encoding);
  for (const name of agents) {
    const definition = agentNamed(name);
    const settings = readSettings(definition.settings, {});
    if (!settings.ok) throw new Error(settings.error.message);
    const agent = await definition.create(
      {
        observation: observationOf(data.encoder.encoding),
        action: { kind: 'slate', k, n: data.catalogue.size },
        items: data.features,
        rng: rng(seed),
      },
      settings.value as never,
    );
    if (agent.consumes !== 'sequences') throw new Error(`${name} does not learn from sequences`);
    await agent.fit(data.train, { validation: data.validation, cut: true });
    const policy = agent.policy();
    const policyOf = agent.crossFitted?.() ?? (() => policy);
    const lists = shares.map(() => new Int32Array(targets.length * k).fill(-1));
    for (let row = 0; row < targets.length; row++) {
      const { values } = await policyOf(row).evaluate(observations.subarray(row * size, (row + 1) * size), 1);
      if (!repeats) for (const item of historyOf(row)) values[item] = Number.NEGATIVE_INFINITY;
      const items = Int32Array.from(values.keys())
        .sort((a, b) => values[b]! - values[a]! || a - b)
        .filter((item) => values[item]! > Number.NEGATIVE_INFINITY)
        .subarray(0, supportSize);
      const alike = alikenessAmong(Array.from(items, (item) => data.catalogue.items[item]!));
      shares.forEach((share, s) => {
        const support = {
          items,
          scores: Float32Array.from(items, (item) => values[item]!),
          weights: new Float32Array(items.length).fill(1),
          ...(share > 0 && { diversity: { share, alike } }),
        };
        drawSlate(support, k, 0, rng(seed)).places.forEach((place, slot) => {
          lists[s]![row * k + slot] = items[place]!;
        });
      });
    }
    let plain: Float64Array | undefined;
    shares.forEach((share, s) => {
      const list = lists[s]!;
      const ranks = Float32Array.from(targets, (target, row) => {
        const at = list.subarray(row * k, (row + 1) * k).indexOf(target);
        return at < 0 ? Number.POSITIVE_INFINITY : at;
      });
      const hits = gainsOf('hr', ranks, k);
      plain ??= hits;
      const more = pairedBootstrap(hits, plain, rng(seed));
      rows.push({
        shop,
        cases: targets.length,
        agent: name,
        diversity: share,
        'hr@10': rounded(meanOf(hits)),
        'hr@10 above diversity 0': rounded(more.mean),
        'above low': rounded(more.low),
        'above high': rounded(more.high),
        'diversity@10': rounded(categoryDiversity(list, k, categories)),
        'filter-bubble@10': rounded(filterBubble(list, k, historyOf, targets, categories)),
        'coverage@10': rounded(coverage(exposureOf(list, data.catalogue.size))),
      });
      console.log(JSON.stringify(rows.at(-1)));
    });
  }
}
