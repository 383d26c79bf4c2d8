import type { Command } from 'commander';
import { agentsCommand } from './agents.ts';
import { backupCommand } from './backup.ts';
import { doctorCommand } from './doctor.ts';
import { evaluateCommand } from './evaluate.ts';
import { importCommand } from './import.ts';
import { recommendCommand } from './recommend.ts';
import { reportCommand } from './report.ts';
import { sentimentCommand } from './sentiment.ts';
import { simulateCommand } from './simulate.ts';
import { startCommand } from './start.ts';
import { trainCommand } from './train.ts';
import { worldsCommand } from './worlds.ts';

/** Every command, in the order of `tendril --help`. */
const commands: readonly ((program: Command) => void)[] = [
  startCommand,
  recommendCommand,
  importCommand,
  backupCommand,
  doctorCommand,
  sentimentCommand,
  trainCommand,
  evaluateCommand,
  simulateCommand,
  reportCommand,
  agentsCommand,
  worldsCommand,
];

/** Adds every command. Scripts may give `--seed` to any of them; where nothing is drawn by chance it changes nothing. */
export function addCommands(program: Command): void {
  for (const add of commands) add(program);
  for (const command of program.commands) {
    if (command.options.some(({ long }) => long === '--seed')) continue;
    command.option('--seed <n>', 'accepted everywhere; this command draws nothing by chance');
  }
}
