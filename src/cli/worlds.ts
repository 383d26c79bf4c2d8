import type { Command } from 'commander';
import { worlds } from '../world/index.ts';
import { printRows } from './output.ts';

/** `tendril worlds`: every world there is. */
export function worldsCommand(program: Command): void {
  program
    .command('worlds')
    .summary('list the worlds there are')
    .description('Lists every world, a simulator that agents can learn in.')
    .option('--json', 'one JSON object a line', false)
    .addHelpText('after', '\nExample:\n  $ tendril worlds --json')
    .action(({ json }: { json: boolean }) => {
      printRows(
        worlds.map((world) => {
          const { observation, action } = world.create(1);
          return json
            ? { world: world.id, summary: world.summary, observation, action }
            : { world: world.id, summary: world.summary };
        }),
        json,
      );
    });
}
