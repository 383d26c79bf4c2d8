import { type Command, Help, type Option } from 'commander';

/** Every command, in the order of `tendril --help`. What a command needs is loaded only where it is asked for. */
const commands: readonly {
  readonly name: string;
  readonly summary: string;
  load(): Promise<(command: Command) => void>;
}[] = [
  {
    name: 'start',
    summary: 'serve the shop; with an empty data directory, the demo shop',
    load: async () => (await import('./start.ts')).startCommand,
  },
  {
    name: 'recommend',
    summary: 'show what a shopper would see',
    load: async () => (await import('./recommend.ts')).recommendCommand,
  },
  {
    name: 'import',
    summary: 'import events and products from files',
    load: async () => (await import('./import.ts')).importCommand,
  },
  {
    name: 'backup',
    summary: 'copy the data into one file, beside a running server',
    load: async () => (await import('./backup.ts')).backupCommand,
  },
  {
    name: 'doctor',
    summary: 'say how much data there is, what it can carry and what is missing',
    load: async () => (await import('./doctor.ts')).doctorCommand,
  },
  {
    name: 'sentiment',
    summary: 'score the sentiment of each line of text',
    load: async () => (await import('./sentiment.ts')).sentimentCommand,
  },
  {
    name: 'train',
    summary: 'train an agent on a shop or in a world',
    load: async () => (await import('./train.ts')).trainCommand,
  },
  {
    name: 'policies',
    summary: 'list stored versions; put another to serve, or the one before',
    load: async () => (await import('./policies.ts')).policiesCommand,
  },
  {
    name: 'export',
    summary: 'write a network as ONNX',
    load: async () => (await import('./export.ts')).exportCommand,
  },
  {
    name: 'evaluate',
    summary: 'judge agents on data they were not fitted on',
    load: async () => (await import('./evaluate.ts')).evaluateCommand,
  },
  {
    name: 'explain',
    summary: 'say why a policy makes an offer, and what drives it',
    load: async () => (await import('./explain.ts')).explainCommand,
  },
  {
    name: 'ope',
    summary: 'judge a policy that never ran by the log of another one',
    load: async () => (await import('./ope.ts')).opeCommand,
  },
  {
    name: 'campaigns',
    summary: 'show what campaigns spent and brought; write their outcomes',
    load: async () => (await import('./campaigns.ts')).campaignsCommand,
  },
  {
    name: 'simulate',
    summary: 'compare agents in a simulated shop',
    load: async () => (await import('./simulate.ts')).simulateCommand,
  },
  {
    name: 'report',
    summary: 'write the report: pictures and one page',
    load: async () => (await import('./report.ts')).reportCommand,
  },
  {
    name: 'agents',
    summary: 'list the agents there are',
    load: async () => (await import('./agents.ts')).agentsCommand,
  },
  {
    name: 'worlds',
    summary: 'list the worlds there are',
    load: async () => (await import('./worlds.ts')).worldsCommand,
  },
];

/**
 * Adds every command by its summary, and those among `wanted` in full. Scripts may give `--seed` to any of them; where
 * nothing is drawn by chance it changes nothing.
 */
export async function addCommands(
  program: Command,
  wanted: readonly string[] = commands.map(({ name }) => name),
): Promise<void> {
  program.configureHelp({ optionDescription: describe });
  for (const { name, summary, load } of commands) {
    const command = program.command(name).summary(summary);
    if (!wanted.includes(name)) continue;
    (await load())(command);
    if (command.options.some(({ long }) => long === '--seed')) continue;
    command.option('--seed <n>', 'accepted everywhere; this command draws nothing by chance');
  }
}

/** A default as it would be typed; that nothing is the default goes without saying. */
function describe(option: Option): string {
  const { defaultValue } = option;
  const shown: Option = Object.create(option);
  if (defaultValue === false || (Array.isArray(defaultValue) && defaultValue.length === 0))
    shown.defaultValue = undefined;
  else if (Array.isArray(defaultValue)) shown.defaultValueDescription = defaultValue.join(',');
  return new Help().optionDescription(shown);
}
