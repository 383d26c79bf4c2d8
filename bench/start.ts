/**
 * `node bench/start.ts [events] [decisions]`: what a start costs where campaigns run, whose money, open offers and models are
 * folded from the whole log. A log on disk of made-up events (views and purchases of 20,000 shoppers) with offers decided in
 * between (thompson, four depths of discount, free shipping, a bundle and a message by e-mail and SMS, as in examples/spring.json);
 * what the shop itself folds is kept, as a server does. Reported are seconds until it could answer, without and with the
 * campaign, by the clock and of the processor. Writes bench/results/start.json for the events and decisions it has by default.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sqliteLog } from '../src/adapters/index.ts';
import { type Campaign, type Event, type EventReading, eventSchema, rng } from '../src/core/index.ts';
import { createLoop, type LoopParts } from '../src/loop.ts';
import { memoryCampaigns } from '../src/offer/index.ts';
import { memoryRegistry } from '../src/registry/index.ts';
import { compiled } from '../src/server/index.ts';
import { record, rounded } from './record.ts';

const [reportedEvents, reportedDecisions] = [200_000, 4_000];
const events = Number(process.argv[2] ?? reportedEvents);
const decisions = Number(process.argv[3] ?? reportedDecisions);
const folder = mkdtempSync(join(tmpdir(), 'tendril-start-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

const stream = rng('start');
const begin = Date.UTC(2026, 2, 2);
let now = begin;
let ids = 0;
const declared = JSON.parse(readFileSync(join(import.meta.dirname, '../examples/spring.json'), 'utf8'));
const spring: Campaign = {
  ...declared,
  campaignId: 'spring',
  channels: declared.channels.map((channel: object) => ({ ...channel, consent: 'not needed' })),
  budget: 1e6,
  windowHours: 24,
};
const log = await sqliteLog(join(folder, 'log.sqlite'));
const open = (campaigns: readonly Campaign[]) => {
  const parts: LoopParts = {
    log,
    registry: memoryRegistry(),
    clock: () => now,
    makeId: () => `id${ids++}`,
    rng: rng(1),
    sentiment: () => 0,
    check: compiled(eventSchema) as NonNullable<EventReading['check']>,
    warn: (message) => console.error(message),
    restore: () => Promise.reject(new Error('no models here')),
    campaigns: memoryCampaigns(campaigns),
  };
  return createLoop(parts);
};

const shop = await open([spring]);
const every = Math.floor(events / decisions);
const step = (28 * 86_400_000) / events;
let batch: Partial<Event>[] = [];
for (let i = 1; i <= events; i++) {
  now = begin + i * step;
  const userId = `u${stream.int(20_000)}`;
  const bought = stream.float() < 0.05;
  const itemId = `p${stream.int(2_000)}`;
  batch.push({
    eventType: bought ? 'purchase' : 'view',
    userId,
    itemId,
    timestamp: now,
    ...(bought && { value: 40 }),
  });
  if (i % every === 0 || i === events) {
    await shop.ingest(batch);
    batch = [];
    if (i % every === 0) await shop.offers.decide({ userId });
  }
}
await shop.offers.tick();
await shop.keep();

const rows = [];
for (const [what, campaigns] of [
  ['no campaign', []],
  ['one campaign', [spring]],
  ['no campaign', []],
  ['one campaign', [spring]],
] as const) {
  const [at, cpuAt] = [performance.now(), process.cpuUsage()];
  const { offers } = await open(campaigns);
  const seconds = (performance.now() - at) / 1000;
  const { user, system } = process.cpuUsage(cpuAt);
  const cpuSeconds = rounded((user + system) / 1e6);
  const learned = offers.list()[0]?.policy.learned;
  const row = {
    what,
    events,
    stored: await log.size(),
    decisions,
    learned,
    seconds: rounded(seconds),
    cpuSeconds,
  };
  console.log(JSON.stringify(row));
  rows.push(row);
}
await log.close();
if (events === reportedEvents && decisions === reportedDecisions)
  record('start', {
    command: 'node bench/start.ts',
    data: 'made up: views and purchases of 20,000 shoppers within four weeks',
    seeds: [],
    notes: ['the second pair of rows is the first again, with the file in the cache'],
    rows,
  });
