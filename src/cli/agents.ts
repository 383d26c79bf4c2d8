import type { Command } from 'commander';
import { agents } from '../agent/index.ts';
import { printRows } from './output.ts';

/** `tendril agents`: every agent there is, what it learns from, with --json its settings. */
export function agentsCommand(command: Command): void {
  command
    .description(
      'Lists every agent: its name and what it learns from; with --json its settings and their defaults too.',
    )
    .option('--json', 'one JSON object a line', false)
    .addHelpText('after', '\nExample:\n  $ tendril agents --json')
    .action(({ json }: { json: boolean }) => {
      printRows(
        agents.map(({ name, consumes, summary, settings }) =>
          json
            ? { agent: name, consumes, summary, settings }
            : { agent: name, 'learns from': consumes, summary },
        ),
        json,
      );
    });
}
