import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Command } from 'commander';
import { openPolicyFile, type PolicyFile } from '../adapters/index.ts';
import type { Policy } from '../agent/index.ts';
import { readObservation, rng, TendrilError } from '../core/index.ts';
import { drawDrivers, drawExplanation, drawTree, type Theme, themes } from '../eval/index.ts';
import {
  countedIn,
  type Drivers,
  driversOf,
  type Explanation,
  explainDecision,
  type Imitation,
  imitate,
  observedStates,
  type SaidTree,
  sayTree,
} from '../explain/index.ts';
import { numbersOfWords } from '../learn/index.ts';
import { type OfferWords, worlds } from '../world/index.ts';
import { driversPage, explanationPage, treePage } from './explain-pages.ts';
import { positiveWhole, wholeNumber } from './option-values.ts';
import { printRows } from './output.ts';
import { progressLine } from './progress.ts';
import { observationJson } from './world-decision.ts';

interface Options {
  readonly policy: string;
  readonly world?: string;
  readonly observation?: string;
  readonly action?: string;
  readonly global: boolean;
  readonly tree: boolean;
  readonly background: number;
  readonly shoppers: number;
  readonly seed: number;
  readonly svg?: string;
  readonly json: boolean;
}

/** `tendril explain`: why a policy makes an offer, which features drive which offer, and rules a person can sign. */
export function explainCommand(command: Command): void {
  command
    .description(
      'Says why a policy makes this offer to this shopper (--observation), which features drive which offer (--global), and what few rules come near to it (--tree). Exact Shapley values for up to 12 features, sampled with a standard error beyond; a local surrogate in the manner of LIME with its fidelity.',
    )
    .requiredOption('--policy <file>', 'what "tendril train AGENT --world W (or --log LOG) --out FILE" wrote')
    .option('--world <id>', 'refuse a policy of another world')
    .option('--observation <json>', 'a shopper, by the names of the features')
    .option('--action <number>', 'explain this action instead of the one the policy prefers, counted from 0')
    .option('--global', 'which features drive which offer', false)
    .option('--tree', 'a decision tree of depth 4 that imitates the policy', false)
    .option('--background <n>', 'other shoppers a shopper is compared with', positiveWhole, 100)
    .option(
      '--shoppers <n>',
      'shoppers looked at for --global; the tree grows on 100 times as many, or on half of the rows of a log',
      positiveWhole,
      200,
    )
    .option('--seed <n>', 'of everything drawn by chance', wholeNumber, 1)
    .option('--svg <file>', 'draw what is explained into this file too; one thing at a time')
    .option('--json', 'one JSON object a line', false)
    .addHelpText(
      'after',
      `
Examples:
  $ tendril train ppo --world campaign-v1 --steps 200000 --out offers.policy
  $ tendril explain --policy offers.policy --observation '{"recency": 15, "frequency": 3, "monetaryValue": 200,
      "engagementScore": 0.78, "discountSensitive": 1, "freeShippingPreferred": 0, "emailOpens": 0.87,
      "smsResponse": 0.12, "pushResponse": 0.05, "lastPurchaseDays": 8}' --json
  $ tendril explain --policy offers.policy --global --tree
  $ tendril explain --policy offers.policy --global --svg drivers.svg
  $ tendril explain --policy mails.policy --observation '{"recency": 3, "history": 120, "channel": "Web", ...}'`,
    )
    .action(explain);
}

/** Shoppers the background has for the global view, where every one of many is explained. */
const globalBackground = 20;

async function explain(options: Options): Promise<void> {
  const { observation, global, tree, seed, json } = options;
  if (observation === undefined && !global && !tree)
    throw new TendrilError(
      'bad-setting',
      'nothing to explain; accepted: --observation, --global, --tree, or several',
    );
  if (options.svg !== undefined && [observation !== undefined, global, tree].filter(Boolean).length > 1)
    throw new TendrilError(
      'bad-setting',
      '--svg draws one thing at a time; accepted with it: one of --observation, --global, --tree',
    );
  const file = await openPolicyFile(options.policy, options.world);
  const words = wordsOf(file);
  const policy = file.agent.policy();
  const given = observation === undefined ? undefined : readShopper(file, policy, observation);
  const action = actionOf(policy, options);
  const { definition, worldOptions } = file;
  const many = async (n: number, from: number) =>
    observedStates(definition.create(n, worldOptions), policy, from);
  const background = (await many(options.background, seed)).observations;
  const about = { policy, background, words, rng: rng(seed) };
  const explanation =
    given &&
    (await explainDecision({
      ...about,
      observation: given,
      ...(action !== undefined && { action }),
      ...maskOf(file, words, policy, given, action),
    }));
  const drivers = global ? await findDrivers(about, await many(options.shoppers, seed + 1)) : undefined;
  const imitation = tree
    ? await imitate({ policy, definition, worldOptions, seed, shoppers: 100 * options.shoppers })
    : undefined;
  const said = imitation && sayTree(imitation.tree, words, policy.observation.parts);
  if (options.svg !== undefined) {
    const [theme] = themes as [Theme];
    const picture = explanation
      ? drawExplanation(explanation, theme)
      : drivers
        ? drawDrivers(drivers, theme)
        : drawTree(
            said!,
            {
              ...imitation!,
              of: countedIn(words),
              always: { ...imitation!.always, words: words.action(imitation!.always.action) },
            },
            theme,
          );
    mkdirSync(dirname(options.svg), { recursive: true });
    writeFileSync(options.svg, picture);
  }
  show(
    { world: definition.id, agent: file.manifest.agent, words, explanation, drivers, imitation, said },
    json,
  );
}

async function findDrivers(
  about: {
    readonly policy: Policy;
    readonly background: Float32Array;
    readonly words: OfferWords;
    readonly rng: ReturnType<typeof rng>;
  },
  states: Awaited<ReturnType<typeof observedStates>>,
): Promise<Drivers> {
  const line = progressLine('explaining shoppers');
  const background = about.background.subarray(0, globalBackground * about.policy.observation.size);
  return driversOf({ ...about, background, states, progress: line.report }).finally(line.done);
}

function show(
  found: {
    readonly world: string;
    readonly agent: string;
    readonly words: OfferWords;
    readonly explanation: Explanation | undefined;
    readonly drivers: Drivers | undefined;
    readonly imitation: Imitation | undefined;
    readonly said: SaidTree | undefined;
  },
  json: boolean,
): void {
  const { world, agent, words, explanation, drivers, imitation, said } = found;
  const from = { world, agent };
  if (json) {
    if (explanation) printRows([{ ...from, ...explanation }], true);
    if (drivers) printRows([{ ...from, drivers }], true);
    if (imitation) printRows([{ ...from, imitation: { ...imitation, said } }], true);
    return;
  }
  const pages = [
    explanation && explanationPage(explanation),
    drivers && driversPage(drivers),
    imitation && said && treePage(imitation, said, words),
  ];
  process.stdout.write(pages.filter((page) => page !== undefined).join('\n'));
}

function wordsOf({ definition: { id, words }, agent }: PolicyFile): OfferWords {
  if (words && agent.policy().action.kind === 'choice') return words;
  const known = worlds.filter((world) => world.words).map((world) => world.id);
  throw new TendrilError(
    'bad-setting',
    `"${id}" is not a world of offers; explained are policies of ${known.join(', ')}`,
  );
}

function readShopper({ log }: PolicyFile, policy: Policy, text: string): Float32Array {
  const json = observationJson(text);
  const read = readObservation(policy.observation, log ? numbersOfWords(log.columns, json) : json);
  if (!read.ok) throw new TendrilError(read.error.code, read.error.message);
  return Float32Array.from(read.value);
}

function actionOf({ action }: Policy, { action: text, observation }: Options): number | undefined {
  if (text === undefined) return undefined;
  if (observation === undefined)
    throw new TendrilError('bad-setting', '--action is explained for a shopper: give --observation');
  const n = action.kind === 'choice' ? action.n : 0;
  const number = Number(text);
  if (text.trim() === '' || !Number.isInteger(number) || number < 0 || number >= n)
    throw new TendrilError('bad-setting', `--action ${text}; accepted: a whole number from 0 to ${n - 1}`);
  return number;
}

/** What the world's rules leave for this shopper. An action they forbid has nothing to explain. */
function maskOf(
  { worldOptions }: PolicyFile,
  { rules, action: said }: OfferWords,
  { action }: Policy,
  row: Float32Array,
  asked: number | undefined,
): { readonly mask?: Uint8Array; readonly rules?: readonly string[] } {
  if (!rules || action.kind !== 'choice') return {};
  const why = Array.from({ length: action.n }, (_, i) => rules.forbids(row, i, worldOptions));
  if (asked !== undefined && why[asked] !== undefined)
    throw new TendrilError(
      'bad-setting',
      `--action ${asked} (${said(asked)}) is forbidden for this shopper by the rules (${why[asked]})`,
    );
  return {
    mask: Uint8Array.from(why, (rule) => Number(rule === undefined)),
    rules: [...new Set(why)].filter((rule) => rule !== undefined),
  };
}
