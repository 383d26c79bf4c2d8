import type { ActionSpec, ObservationPart } from '../core/index.ts';
import type { WorldDefinition } from '../world/index.ts';

/** What a world shows and takes, or why it cannot be said. */
export interface Spaces {
  readonly observation?: { readonly parts: readonly ObservationPart[] };
  readonly action?: ActionSpec;
  readonly missing?: string;
}

/** All about a world, for people: paragraphs wrapped to `width` columns, spaces and options a line each. */
export function worldPage(
  { id, summary, doc, options }: WorldDefinition,
  spaces: Spaces,
  width = 100,
): string {
  const lines = [...wrapped(`${id}: ${summary}`, '', width), ''];
  for (const [name, text] of Object.entries(doc))
    lines.push(...hung(name, text.endsWith('.') ? text : `${text}.`, width));
  const parts = spaces.observation?.parts ?? [];
  if (parts.length > 0) lines.push('', 'Shows, number by number:');
  const longest = Math.max(0, ...parts.map(({ name }) => name.length));
  for (const part of parts) lines.push(`  ${part.name.padEnd(longest)}  ${rangeOf(part)}`);
  if (spaces.action) lines.push('', `Takes: ${actionWords(spaces.action)}`);
  if (spaces.missing) lines.push('', ...wrapped(`Not here: ${spaces.missing}`, '', width));
  if (Object.keys(options).length > 0) lines.push('', 'Options (--world-option name=value):');
  for (const [name, option] of Object.entries(options))
    lines.push(
      ...wrapped(`${name}=${option.default}  ${option.doc}`, '      ', width).map((l, i) =>
        i ? l : `  ${l.trimStart()}`,
      ),
    );
  return `${lines.join('\n')}\n`;
}

function rangeOf({ kind, size, n, low = -Infinity, high = Infinity }: ObservationPart): string {
  const bounded = Number.isFinite(low) && Number.isFinite(high);
  const range =
    kind === 'index'
      ? n === 1
        ? '0 or 1'
        : `a whole number from 0 to ${n}`
      : bounded
        ? `a number from ${low} to ${high}`
        : 'a number';
  return size === 1 ? range : `${size} times ${range}`;
}

function actionWords(action: ActionSpec): string {
  switch (action.kind) {
    case 'choice':
      return `a choice, a whole number from 0 to ${action.n - 1}`;
    case 'parts':
      return `a choice in each of ${action.parts.map(({ name, n }) => `${name} (0 to ${n - 1})`).join(', ')}`;
    case 'slate':
      return `a slate of ${action.k} of ${action.n} items`;
    case 'box':
      return `${action.size} numbers from ${action.low} to ${action.high}`;
    case 'composite':
      return action.specs.map(({ spec }) => actionWords(spec)).join('; then ');
  }
}

/** A name and its text beside it. */
function hung(name: string, text: string, width: number): string[] {
  const indent = ' '.repeat(13);
  return wrapped(text, indent, width).map((line, i) => (i === 0 ? name.padEnd(13) + line.slice(13) : line));
}

function wrapped(text: string, indent: string, width: number): string[] {
  const lines: string[] = [];
  let line = indent;
  for (const word of text.split(' ')) {
    if (line.length > indent.length && line.length + 1 + word.length > width) {
      lines.push(line);
      line = indent;
    }
    line += (line.length > indent.length ? ' ' : '') + word;
  }
  return [...lines, line];
}
