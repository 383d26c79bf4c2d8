import { readObservation, TendrilError } from '../core/index.ts';
import {
  bestDecision,
  type DecisionTruth,
  type WorldDefinition,
  worldNamed,
  worlds,
} from '../world/index.ts';

/** What an action (the best one where none is named) earns in a state given as JSON, of what it is made, and the regret. */
export function decisionIn(
  id: string,
  observation: string,
  action: string | undefined,
): Readonly<Record<string, unknown>> {
  const definition = worldNamed(id);
  const truth = truthOf(definition);
  const row = readObservation(definition.create(1).observation, observationJson(observation));
  if (!row.ok) throw new TendrilError(row.error.code, row.error.message);
  const best = bestDecision(truth, row.value);
  const chosen = action === undefined ? best.action : Number(action);
  const words = action?.trim() === '' ? undefined : truth.actions[chosen];
  if (!words)
    throw new TendrilError(
      'bad-setting',
      `--action ${action}; accepted: a whole number from 0 to ${truth.actions.length - 1}, "tendril worlds ${id}" says what they are`,
    );
  const reward = truth.reward(row.value, 0, chosen);
  return {
    world: id,
    action: chosen,
    ...words,
    reward,
    parts: truth.parts(row.value, 0, chosen),
    bestAction: best.action,
    bestReward: best.reward,
    regret: Number((best.reward - reward).toFixed(12)),
  };
}

function truthOf({ id, decisions }: WorldDefinition): DecisionTruth {
  if (decisions) return decisions;
  const known = worlds.filter((world) => world.decisions).map((world) => world.id);
  throw new TendrilError(
    'bad-setting',
    `"${id}" does not know what a single action earns; accepted with --observation: ${known.join(', ')}`,
  );
}

/** The JSON of --observation. NaN is no JSON: it is told by its name. */
export function observationJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    const [, field, wrong] = /"([^"]*)"\s*:\s*\[?[^"\]]*?(-?(?:NaN|Infinity))/.exec(text) ?? [];
    if (wrong)
      throw new TendrilError(
        'bad-observation',
        `--observation holds ${wrong} for "${field}", which is no number; accepted: a number for every feature`,
      );
    throw new TendrilError(
      'bad-observation',
      `--observation ${text} is not JSON; accepted: an object such as '{"recency": 15, ...}' in single quotes`,
    );
  }
}
