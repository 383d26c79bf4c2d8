import { runInNewContext } from 'node:vm';
import type { InjectOptions } from 'fastify';
import { beforeEach, expect, test } from 'vitest';
import type { Loop } from '../loop.ts';
import type { Manifest } from '../registry/index.ts';
import { someManifest } from '../registry/registry.suite.ts';
import { createApp } from './app.ts';
import { page } from './page.ts';
import { tinyShop, trainMarkov } from './tiny-shop.suite.ts';

let loop: Loop;
beforeEach(async () => {
  ({ loop } = await tinyShop());
});

/** Puts a version of `markov` to serve, with these figures. */
async function serve(metrics: Manifest['metrics'], lesson: Partial<Manifest> = {}): Promise<Manifest> {
  await loop.learn(async (log) => {
    const { model, manifest } = await trainMarkov(log);
    return { model, manifest: { ...manifest, metrics, ...lesson } };
  });
  return loop.serving!;
}

/** As much of an element as the page's script asks for. */
class Element {
  id = '';
  hidden = true;
  value = '';
  #children: (Element | string)[] = [];
  get textContent(): string {
    return this.#children.map((child) => (typeof child === 'string' ? child : child.textContent)).join('');
  }
  set textContent(text: string) {
    this.#children = [text];
  }
  append(...children: (Element | string)[]): void {
    this.#children.push(...children);
  }
  replaceChildren(...children: (Element | string)[]): void {
    this.#children = children;
  }
  get texts(): string[] {
    return this.#children.map((child) => (typeof child === 'string' ? child : child.textContent));
  }
  setAttribute(): void {}
  addEventListener(): void {}
}

/** Runs the page's own script against the server's own answers, until it has nothing more to ask. */
async function shown(versions: () => Promise<readonly Manifest[]>) {
  const app = createApp({
    shop: { loop, progress: [], versions, reportsPath: '/nowhere', notes: [] },
    version: '0',
  });
  const elements: Element[] = [];
  const make = (): Element => {
    const element = new Element();
    elements.push(element);
    return element;
  };
  const at = (id: string): Element =>
    elements.findLast((element) => element.id === id) ?? Object.assign(make(), { id });
  let asking = 0;
  const fetch = async (url: string, { method, headers, body }: InjectOptions & { body?: string }) => {
    asking++;
    const answer = await app.inject({
      url,
      method: method ?? 'GET',
      headers: { host: 'localhost:4400', ...headers },
      ...(body !== undefined && { payload: body }),
    });
    // What follows on an answer comes before the count is looked at.
    setImmediate(() => asking--);
    return {
      ok: answer.statusCode < 300,
      status: answer.statusCode,
      statusText: answer.statusMessage,
      json: async () => answer.json(),
    };
  };
  const [, script] = /<script>([\s\S]*)<\/script>/.exec(page.html)!;
  runInNewContext(script!, {
    document: { getElementById: at, createElement: make },
    sessionStorage: { getItem: () => null },
    setTimeout: () => {},
    fetch,
  });
  await expect.poll(() => asking).toBe(0);
  return {
    problem: at('problem').textContent,
    serving: at('serving').textContent.replaceAll('\u00a0', ' '),
    slate: at('slate').texts,
    results: at('results').texts.slice(1),
  };
}

const some = (agent: string, version: number, hits: number, lesson: Partial<Manifest> = {}): Manifest => ({
  ...someManifest(agent),
  version,
  metrics: { 'hr@10': hits, 'ndcg@10': hits / 2 },
  ...lesson,
});

test('after lessons it tells the figure of the version that they began with, and says so', async () => {
  const first = await serve({ 'hr@10': 0.5, 'ndcg@10': 0.25 });
  const lesson = await serve({ 'hr@10': 0, 'ndcg@10': 0, validated: 4 }, { taughtFrom: 1 });
  const stored = [lesson, some('popularity', 2, 1, { taughtFrom: 1 }), some('popularity', 1, 0.3), first];
  const { serving, results, slate } = await shown(async () => stored);
  expect(serving).toContain(
    'markov (version 2). It was taught on from version 1. On validation, for 50.0 % of the shoppers the first ten products of that version held what they took next. The shop:',
  );
  expect(results).toEqual([
    'markov, version 1 (version 2, taught on from it, serves)50.0 %0.2500',
    'popularity30.0 %0.1500',
  ]);
  expect(slate).toHaveLength(10);
});

test('where that version is stored no more it tells no figure', async () => {
  const lesson = await serve({ 'hr@10': 1, 'ndcg@10': 1, validated: 1 }, { taughtFrom: 1 });
  const { serving, results } = await shown(async () => [lesson, some('popularity', 1, 0.3)]);
  expect(serving).toContain('It was taught on from a version that can no longer be read. The shop:');
  expect(serving).not.toContain('%');
  expect(results).toEqual(['popularity30.0 %0.1500']);
});

test('the row that serves is of the version that serves, whatever is newer', async () => {
  const first = await serve({ 'hr@10': 0.5, 'ndcg@10': 0.25 });
  const { results, serving } = await shown(async () => [some('markov', 2, 0.75), first]);
  expect(results).toEqual(['markov (serves)50.0 %0.2500']);
  expect(serving).toContain('On validation, for 50.0 % of the shoppers its first ten products held');
});

test('it recommends whether or not the list of versions can be had', async () => {
  await serve({ 'hr@10': 0.5 });
  const { slate, problem, results } = await shown(() => Promise.reject(new Error('the disk is gone')));
  expect(slate).toHaveLength(10);
  expect(results).toEqual([]);
  expect(problem).toContain('something went wrong here');
});
