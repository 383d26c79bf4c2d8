import { TendrilError } from '../core/index.ts';

/** Options that are given as key=value, and may be given again. */

export const collect = (value: string, before: readonly string[]): string[] => [...before, value];

export function pairs(flag: string, texts: readonly string[], form = 'key=value'): Record<string, string> {
  return Object.fromEntries(
    texts.map((text) => {
      const equals = text.indexOf('=');
      if (equals < 1) throw new TendrilError('bad-setting', `${flag} ${text}; accepted: ${form}`);
      return [text.slice(0, equals), text.slice(equals + 1)];
    }),
  );
}

/** `markov.window=5` for the agent `markov`; an agent's name may hold dots and pluses, so the longest that fits counts. */
export function settingsByAgent(
  texts: readonly string[],
  agents: readonly string[],
): Readonly<Record<string, Record<string, string>>> {
  const settings: Record<string, Record<string, string>> = {};
  for (const text of texts) {
    const agent = agents.filter((name) => text.startsWith(`${name}.`)).sort((a, b) => b.length - a.length)[0];
    const equals = text.indexOf('=');
    if (!agent || equals < 0)
      throw new TendrilError(
        'bad-setting',
        `--set ${text}; accepted: agent.setting=value with an agent of --agents (${agents.join(', ')})`,
      );
    settings[agent] = { ...settings[agent], [text.slice(agent.length + 1, equals)]: text.slice(equals + 1) };
  }
  return settings;
}

/** Whether a setting of this name is switched on, of an agent or of a part of a blend. */
export const asksFor = (settings: Readonly<Record<string, unknown>>, name: string): boolean =>
  Object.entries(settings).some(
    ([key, value]) => (key === name || key.endsWith(`.${name}`)) && String(value) === 'true',
  );
