/**
 * `npm run docs`: writes docs/reference/ from the tables in the code (errors, settings of agents, event types, worlds,
 * commands). `test/docs` fails where a page and the code differ, so the pages cannot lie.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Command } from 'commander';
import { agents } from '../src/agent/index.ts';
import { addCommands } from '../src/cli/commands.ts';
import { accepted, consentEventTypes, errors, eventTypes, type SettingTable } from '../src/core/index.ts';
import { worlds } from '../src/world/index.ts';

const made = '<!-- Written by `npm run docs` from the code. -->';

/** Every page by its path from the root of the repository. */
export async function referencePages(): Promise<Readonly<Record<string, string>>> {
  return {
    'docs/reference/errors.md': errorsPage(),
    'docs/reference/agents.md': agentsPage(),
    'docs/reference/events.md': eventsPage(),
    'docs/reference/worlds.md': worldsPage(),
    'docs/reference/commands.md': await commandsPage(),
  };
}

function errorsPage(): string {
  return page(
    'Errors',
    'Over HTTP an error is `application/problem+json` with this code in `type` and `code`; a command prints the message and what helps, and exits with 1 (failed) or 2 (used wrongly).',
    table(
      ['code', 'status', 'exit', 'what helps'],
      Object.entries(errors).map(([code, { status, exit, help }]) => [`\`${code}\``, status, exit, help]),
    ),
  );
}

function agentsPage(): string {
  return page(
    'Agents',
    'Every agent and its settings. What each is good for, and its results, is in `docs/agents/`.',
    ...agents.map(
      ({ name, consumes, summary, settings }) =>
        `## ${name}\n\n${sentence(summary)} Learns from ${consumes}.\n\n${settingsTable(settings)}`,
    ),
  );
}

function eventsPage(): string {
  return page(
    'Event types',
    'Types that are not listed here are kept under their own name and counted as `custom`.',
    table(
      ['type', 'interest', 'what happened'],
      eventTypes.map(({ name, interest, doc }) => [`\`${name}\``, interest, doc]),
    ),
    'What a shopper says about being written to; counted as `custom`:',
    table(
      ['type', 'what happened'],
      consentEventTypes.map(({ name, doc }) => [`\`${name}\``, doc]),
    ),
  );
}

function worldsPage(): string {
  return page(
    'Worlds',
    'Simulators that agents can learn in; `tendril worlds <id>` prints the same. Behaviour never changes under one name. How to write and check another one: [a world of your own](../guide/your-own-world.md).',
    ...worlds.map(
      ({ id, summary, doc, options }) =>
        `## ${id}\n\n${sentence(summary)}\n\n${Object.entries(doc)
          .map(([name, text]) => `- **${name}**: ${text}`)
          .join('\n')}\n\n${settingsTable(options, 'option')}`,
    ),
  );
}

async function commandsPage(): Promise<string> {
  const program = new Command('tendril').configureOutput({ getOutHelpWidth: () => 100 });
  await addCommands(program);
  return page(
    'Commands',
    'Every command exits with 0 (fine), 1 (failed) or 2 (used wrongly), prints results to stdout and progress to stderr.',
    ...program.commands.map((command) => {
      command.copyInheritedSettings(program);
      return `## ${command.name()}\n\n\`\`\`\n${command.helpInformation().trim()}\n\`\`\``;
    }),
  );
}

function settingsTable(settings: SettingTable, what = 'setting'): string {
  const rows = Object.entries(settings);
  if (rows.length === 0) return `No ${what}s.`;
  return table(
    [what, 'default', 'accepted', 'what it does'],
    rows.map(([name, setting]) => [
      `\`${name}\``,
      setting.default === '' ? '' : `\`${setting.default}\``,
      accepted(setting),
      setting.doc,
    ]),
  );
}

const page = (title: string, ...parts: readonly string[]): string =>
  `# ${title}\n\n${made}\n\n${parts.join('\n\n')}\n`;

const sentence = (text: string): string => `${text[0]!.toUpperCase()}${text.slice(1)}.`;

function table(names: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const line = (cells: readonly (string | number)[]): string =>
    `| ${cells.map((cell) => String(cell).replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(names), line(names.map(() => '---')), ...rows.map(line)].join('\n');
}

if (process.argv[1] === import.meta.filename) {
  for (const [path, text] of Object.entries(await referencePages())) {
    const file = join(import.meta.dirname, '..', path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    console.log(path);
  }
}
