import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');
const { scripts, bin } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

/** What a script begins: a file given to node, a command of an installed package, or another script. */
function missing(command: string): string | undefined {
  const [program, file] = command.trim().split(/\s+/) as [string, string?];
  if (program === 'npm') return undefined;
  const path = program === 'node' ? file! : join('node_modules/.bin', program);
  return existsSync(join(root, path)) && !(program in bin) ? undefined : `${command}: no ${path}`;
}

test('every npm script begins something that npm ci brings; the own command is never linked, so it is begun by its file', () => {
  const commands = (Object.values(scripts) as string[]).flatMap((script) => script.split('&&'));
  expect(commands.map(missing).filter(Boolean)).toEqual([]);
  expect(missing('tendril start')).toContain('no node_modules/.bin/tendril');
});
