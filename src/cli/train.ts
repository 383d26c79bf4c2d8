import { type Command, Option } from 'commander';
import { openEngine } from '../adapters/index.ts';
import { type AgentDefinition, agentNamed } from '../agent/index.ts';
import { readSettings, TendrilError } from '../core/index.ts';
import { parseReward } from '../reward/index.ts';
import { fineTune } from './fine-tune.ts';
import { addLogOptions } from './log-columns.ts';
import { collect, pairs } from './named-values.ts';
import { names, numberThat, positiveWhole, share, wholeNumber } from './option-values.ts';
import { stepsInWorld, trainInside } from './train-in-world.ts';
import { trainOnData } from './train-on-data.ts';
import { trainFromLog } from './train-on-log.ts';
import type { TrainOptions } from './train-options.ts';

/** What `auto` trains: cheap, and between them hard to beat. */
export const autoAgents = [
  'popularity',
  'recent-popularity',
  'markov',
  'item-knn',
  'markov+item-knn',
] as const;

/** `tendril train`: agents from the log of a shop, from acting in a world, or from a log of choices. */
export function trainCommand(command: Command): void {
  addLogOptions(command)
    .description(
      "Trains on an imported shop (also while a server runs on it), in a simulated world, or on a log of choices with their propensities. On a shop, each shopper's last interaction is held back and decides how good the model is. `auto`, or --agents, trains several and lets the one that wins on validation serve; a single agent serves when --promote says so, or where nothing serves yet.",
    )
    .argument('[agent]', 'name of an agent, a blend such as markov+item-knn, or auto')
    .option('--data <dir>', 'an imported shop (default: $TENDRIL_DATA or ./tendril-data)')
    .option('--world <id>', 'a world instead: see "tendril worlds"; with --data the model is stored there')
    .option(
      '--log <file>',
      'a log of choices instead, for ips, dr, cql and agents that learn from transitions (lin-ucb, thompson, dqn...): see "tendril import hillstrom --help"',
    )
    .option('--agents <names>', 'several agents, separated by commas', names)
    .option('--setting <key=value>', 'a setting of the agent; may be repeated', collect, [])
    .option(
      '--rl <algorithm>',
      'for transformer or gru: fine-tune it by rewards with sqn, sa2c or off-policy-ac, and store the agent of that name',
    )
    .option('--user-specific', 'dqn: latent factors of the shopper in its state', false)
    .option('--biased', 'dqn: a bias of its values for each shopper', false)
    .option(
      '--embeddings <n>',
      'on a shop: so many numbers learned from histories, without rewards, say who the shopper is to an agent that reads observations (dqn, lin-ucb, thompson)',
      positiveWhole,
    )
    .option(
      '--try <key=a,b,c>',
      'train with each value and keep the best on validation; several keys: every combination. A key is a setting, "discount" or "reward" (on a shop)',
      collect,
      [],
    )
    .option('--world-option <key=value>', 'an option of the world; may be repeated', collect, [])
    .option(
      '--steps <n>',
      `transitions learned (in a world: ${stepsInWorld} by default, and a last rollout is finished, so a few more)`,
      positiveWhole,
    )
    .option('--worlds <n>', 'worlds the agent acts in at once (8 by default)', positiveWhole)
    .option(
      '--reward <formula>',
      'what to want, e.g. "1*purchase + 0.2*rating" (on a shop), "margin - cost" (of a log)',
    )
    .option(
      '--discount <x>',
      'weight of what comes after the next step (in a world .99, on a shop .5, of a log 0)',
      share,
    )
    .addOption(
      new Option(
        '--takings <as>',
        'on a shop, for dqn, sqn and sa2c: what stands beside a product taken without a decision of ours, an invented refusal (where missing) or an invented slate it was chosen from',
      ).choices(['refusals', 'slates']),
    )
    .option('--seed <n>', 'of everything drawn by chance', wholeNumber, 1)
    .option(
      '--keep-best',
      'in a world: look at the policy 20 times on the way, 20 episodes each, and end with the best',
      false,
    )
    .option(
      '--out <file>',
      'write the policy trained in a world or on a log to this file: for explain, evaluate --policy, ope --policy',
    )
    .option('--promote', 'let this model serve from now on', false)
    .option(
      '--resume',
      'go on with a run that was killed, else teach the newest version what came since',
      false,
    )
    .option(
      '--checkpoint <seconds>',
      'how often a training by steps keeps what it needs to go on (0: after every step)',
      seconds,
      30,
    )
    .option('--json', 'one JSON object a model', false)
    .addHelpText(
      'after',
      `
Examples:
  $ tendril train auto --data my-shop
  $ tendril train dqn --data my-shop --setting learningRate=0.0005 --steps 200000 --promote
  $ tendril train --agents markov,item-knn,dqn --json
  $ tendril train q-learning --try learningRate=0.05,0.2 --try discount=0,0.5 --try "reward=1*purchase,1*purchase + 0.5*rating"
  $ tendril train dqn --world bandit-v1 --steps 5000 --json
  $ tendril train ppo --world cart-pole-v1 --steps 100000 --seed 1 --json
  $ tendril train ppo --world campaign-v1 --steps 200000 --out offers.policy
  $ tendril train dr --log train.csv --reward "margin - cost" --out mails.policy
  $ tendril train transformer --data my-shop --rl sqn --reward "1*purchase + 0.1*click - 0.5*leave"
  $ tendril train dqn --data my-shop --user-specific --biased
  $ tendril train dqn --data my-shop --embeddings 16
  $ TENDRIL_DATASETS=/data/sets tendril train ppo --world virtual-taobao-v0 --discount 0.5 --json
  $ tendril train dqn --world shop-v1 --steps 200000 --data my-shop --resume

TENDRIL_DATASETS names the directory that holds virtual-taobao-v0/: the networks of github.com/eyounx/VirtualTaobao,
which are not part of Tendril (docs/agents/ddpg.md says in which form).`,
    )
    .action(train);
}

async function train(agent: string | undefined, options: TrainOptions): Promise<void> {
  const wanted = agent === 'auto' ? autoAgents : (options.agents ?? (agent === undefined ? [] : [agent]));
  if (wanted.length === 0 || (agent !== undefined && agent !== 'auto' && options.agents)) {
    throw new TendrilError('bad-setting', 'name one agent, or auto, or several with --agents a,b,c');
  }
  if (options.rl !== undefined) return fineTune(wanted, options.rl, options);
  const definitions = wanted.map(agentNamed);
  const settings = {
    ...pairs('--setting', options.setting),
    ...(options.userSpecific && { userSpecific: 'true' }),
    ...(options.biased && { biased: 'true' }),
  };
  for (const definition of definitions) {
    const read = readSettings(definition.settings, settings);
    if (!read.ok) throw new TendrilError(read.error.code, `${definition.name}: ${read.error.message}`);
  }
  const tried = valuesToTry(options, wanted);
  for (const [key, values] of Object.entries(tried)) checkValues(definitions[0]!, key, values);
  if (options.reward !== undefined && options.log === undefined) {
    const formula = parseReward(options.reward);
    if (!formula.ok) throw new TendrilError(formula.error.code, formula.error.message);
  }
  const engine = definitions.some(({ needsEngine }) => needsEngine) ? await openEngine() : undefined;
  const lesson = { settings, tried, ...(engine && { engine }) };
  refuseEmbeddings(definitions, options);
  if (options.world === undefined && options.worldOption.length > 0)
    throw new TendrilError('bad-setting', '--world-option is for training in a world: give --world');
  if (options.world === undefined && options.keepBest)
    throw new TendrilError('bad-setting', '--keep-best is for training in a world: give --world');
  if (options.takings !== undefined && (options.world ?? options.log) !== undefined)
    throw new TendrilError(
      'bad-setting',
      '--takings is for learning from a shop: leave out --world and --log',
    );
  if (options.log !== undefined) return trainFromLog(options.log, wanted, lesson, options);
  if (options.world === undefined && options.worlds !== undefined)
    throw new TendrilError('bad-setting', '--worlds is for training in a world: give --world');
  if (options.world === undefined && options.out !== undefined)
    throw new TendrilError(
      'bad-setting',
      '--out is for policies trained in a world or on a log: give --world or --log; models of a shop are kept in --data',
    );
  if (options.world === undefined) return trainOnData(wanted, lesson, options);
  if (wanted.length > 1) throw new TendrilError('bad-setting', 'in a world one agent is trained at a time');
  return trainInside(
    options.world,
    wanted[0]!,
    lesson,
    pairs('--world-option', options.worldOption),
    options,
  );
}

/** They read every part of a shop's observation. */
const embedded = ['dqn', 'lin-ucb', 'thompson'];

/** Only where there are histories, and for agents that look. */
function refuseEmbeddings(
  definitions: readonly AgentDefinition[],
  { embeddings, world, log }: TrainOptions,
): void {
  if (embeddings === undefined) return;
  if (definitions.length > 1)
    throw new TendrilError(
      'bad-setting',
      '--embeddings goes with one agent; accepted: dqn, lin-ucb, thompson',
    );
  if (world !== undefined || log !== undefined)
    throw new TendrilError(
      'bad-setting',
      '--embeddings are learned from the histories of a shop: leave out --world and --log',
    );
  if (embeddings > 256)
    throw new TendrilError(
      'bad-setting',
      `--embeddings ${embeddings}; accepted: a whole number from 1 to 256`,
    );
  const blind = definitions.find(({ name }) => !embedded.includes(name));
  if (blind)
    throw new TendrilError(
      'bad-setting',
      `--embeddings: "${blind.name}" would not read them; accepted: ${embedded.join(', ')}`,
    );
}

/** `--try key=a,b,c`, on a shop and with one agent. */
function valuesToTry(options: TrainOptions, agents: readonly string[]): Record<string, string[]> {
  if (options.try.length > 0 && (options.world !== undefined || options.resume || agents.length > 1))
    throw new TendrilError(
      'bad-setting',
      '--try goes with one agent on a shop, without --world and --resume',
    );
  const texts = Object.entries(pairs('--try', options.try, 'key=a,b,c'));
  const settings = pairs('--setting', options.setting);
  const both = texts.find(([key]) => key in settings)?.[0];
  if (both !== undefined)
    throw new TendrilError('bad-setting', `${both} stands in --try and in --setting; accepted: one of them`);
  return Object.fromEntries(texts.map(([key, text]) => [key, text.split(',').map((value) => value.trim())]));
}

/** Every value before the first is trained with. */
function checkValues(definition: AgentDefinition, key: string, values: readonly string[]): void {
  for (const value of values) {
    if (key === 'reward') {
      const formula = parseReward(value);
      if (!formula.ok) throw new TendrilError(formula.error.code, formula.error.message);
    } else if (key === 'discount') {
      if (value === '' || !(Number(value) >= 0 && Number(value) <= 1))
        throw new TendrilError('bad-setting', `--try discount=${value}; accepted: numbers from 0 to 1`);
    } else {
      const read = readSettings(definition.settings, { [key]: value });
      if (!read.ok) throw new TendrilError(read.error.code, `${definition.name}: ${read.error.message}`);
    }
  }
}

const seconds = (text: string): number => numberThat(text, 'a number of seconds from 0', (x) => x >= 0);
