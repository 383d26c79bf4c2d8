import { Command, CommanderError } from 'commander';
import { addCommands } from './commands.ts';
import { reportError } from './output.ts';
import { version } from './version.ts';

/** Runs one command line and answers its exit code: 0 fine, 1 failed, 2 used wrongly. */
export async function main(args: readonly string[]): Promise<number> {
  const program = new Command('tendril')
    .description('Personalisation for online shops that learns from every click.')
    .version(version)
    .showHelpAfterError('(run with --help for what is accepted)')
    .exitOverride();
  // The first word is the command, or `help` and then the command.
  await addCommands(program, args.slice(0, 2));
  for (const command of program.commands) command.exitOverride().copyInheritedSettings(program);
  // A reader that has seen enough (`tendril agents | head`) closes the pipe: that is no failure. A server serves on.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    if (args[0] !== 'start') process.exit();
  });
  try {
    await program.parseAsync(args, { from: 'user' });
    return Number(process.exitCode ?? 0);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    return reportError(error);
  }
}
