import { writeFileSync } from 'node:fs';
import { type ActionSpec, rng, TendrilError } from '../core/index.ts';
import { bestDecision, type WorldDefinition, worldNamed, worlds } from '../world/index.ts';

/**
 * A log of choices made by lot in a world of known truth: practice for real ones, since what a policy learned from it is
 * worth can be looked up. Features by their names, the action in words, its propensity, and the reward as `outcome`.
 */
export function writeWorldLog(
  id: string,
  path: string,
  { rows, seed }: { readonly rows: number; readonly seed: number },
): Readonly<Record<string, unknown>> {
  const definition = worldNamed(id);
  const { decisions } = definition;
  if (!decisions) {
    const known = worlds.filter((world) => world.decisions).map((world) => world.id);
    throw new TendrilError(
      'bad-setting',
      `"${id}" is not a world of single decisions with known worth; accepted with --log: ${known.join(', ')}`,
    );
  }
  const world = definition.create(1);
  const actions = actionsOf(definition, world.action);
  const stream = rng(seed).fork('log');
  const choices = actions.length;
  const names = world.observation.parts.map(({ name }) => name);
  const lines = [[...names, 'action', 'propensity', 'outcome'].join()];
  let [logged, best] = [0, 0];
  let seen = world.reset(seed);
  for (let row = 0; row < rows; row++) {
    const action = stream.int(choices);
    const reward = decisions.reward(seen, 0, action);
    logged += reward / rows;
    best += bestDecision(decisions, seen).reward / rows;
    const features = Array.from(seen, (x) => Number(x.toPrecision(6)));
    lines.push([...features, actions[action], 1 / choices, Number(reward.toPrecision(6))].join());
    seen = world.step(Int32Array.of(action)).observations;
  }
  writeFileSync(path, `${lines.join('\n')}\n`);
  return { world: id, rows, actions: choices, meanReward: logged, bestPossible: best, log: path };
}

/** The actions of a world of choices as its logs name them. */
export const actionsOf = ({ words }: WorldDefinition, action: ActionSpec): string[] =>
  Array.from({ length: action.kind === 'choice' ? action.n : 0 }, (_, i) => words?.action(i) ?? String(i));
