import { dataPath, directoryRegistry, openDataDirectory, openEngine, sqliteLog } from '../adapters/index.ts';
import { agentNamed } from '../agent/index.ts';
import { readSettings, TendrilError } from '../core/index.ts';
import { decidingFigure, fineTuneOnShop, readShop } from '../learn/index.ts';
import { parseReward } from '../reward/index.ts';
import { checkpointOf } from './go-on.ts';
import { letServe } from './let-serve.ts';
import { pairs } from './named-values.ts';
import { printRows, warnUnreadable } from './output.ts';
import { progressLine } from './progress.ts';
import { trainInside } from './train-in-world.ts';
import type { TrainOptions } from './train-options.ts';

/** The agents that can begin with a taught transformer or gru. */
export const algorithms = ['sqn', 'sa2c', 'off-policy-ac'];
const bodies = ['transformer', 'gru'];

/**
 * `tendril train transformer --rl`: on a shop a transformer is taught on the histories and then fine-tuned on what was shown
 * and taken; in a world it learns both from what happens there. `tendril train gru --rl` does so with a recurrent network. A run on a shop that was killed goes on with --resume.
 */
export async function fineTune(
  agents: readonly string[],
  algorithm: string,
  options: TrainOptions,
): Promise<void> {
  const refuse = (message: string): never => {
    throw new TendrilError('bad-setting', message);
  };
  const body = agents.join();
  if (!bodies.includes(body))
    refuse(
      `--rl fine-tunes the agent "transformer" or "gru", not ${agents.map((name) => `"${name}"`).join(', ')}`,
    );
  if (!algorithms.includes(algorithm)) refuse(`--rl ${algorithm}; accepted: ${algorithms.join(', ')}`);
  if (options.log !== undefined) refuse('--rl learns from a shop or in a world: leave --log out');
  if (options.try.length > 0)
    refuse(`--rl goes without --try; accepted: tendril train ${algorithm} --try ...`);
  if (options.embeddings !== undefined || options.userSpecific || options.biased)
    refuse('--embeddings, --user-specific and --biased are for other agents: leave them out with --rl');
  const definition = agentNamed(algorithm);
  const settings = { body, ...pairs('--setting', options.setting) };
  if (settings.body !== body) refuse(`body=${settings.body} goes with tendril train ${settings.body} --rl`);
  const read = readSettings(definition.settings, settings);
  if (!read.ok) throw new TendrilError(read.error.code, `${algorithm}: ${read.error.message}`);
  if (options.takings !== undefined && options.world !== undefined)
    refuse('--takings is for learning from a shop: leave out --world');
  const engine = await openEngine();
  if (options.world !== undefined)
    return trainInside(
      options.world,
      algorithm,
      { settings, tried: {}, engine },
      pairs('--world-option', options.worldOption),
      options,
    );
  if (options.worlds !== undefined || options.out !== undefined || options.worldOption.length > 0)
    refuse('--worlds, --world-option and --out are for training in a world: give --world');
  if (options.reward !== undefined) {
    const formula = parseReward(options.reward);
    if (!formula.ok) throw new TendrilError(formula.error.code, formula.error.message);
  }

  const directory = openDataDirectory(dataPath(options.data));
  const registry = directoryRegistry(directory.modelsPath);
  const checkpoint = checkpointOf(directory.modelsPath, `${body}-rl-${algorithm}`, options);
  if (options.resume && !checkpoint.found)
    refuse(
      `no run of --rl ${algorithm} was killed here; accepted: the same without --resume, or tendril train ${algorithm} --resume`,
    );
  // Its newest version has learned the held-back interactions, so that what it was taught by is taken, not itself.
  const [stored] = await registry.list(body, warnUnreadable);
  process.stderr.write(
    stored
      ? `tendril: teaches a ${body} by the settings of version ${stored.version} of "${body}"\n`
      : `tendril: there is no "${body}" here yet: teaches one by its default settings\n`,
  );
  const log = await sqliteLog(directory.logPath, { readOnly: true });
  try {
    const begun = performance.now();
    const data = await readShop(log);
    const line = progressLine(`${body} --rl ${algorithm}`);
    const { model, manifest: made } = await fineTuneOnShop(log, data, {
      definition,
      settings,
      checkpoint,
      ...(stored && { transformer: stored.settings }),
      seed: options.seed,
      now: Date.now(),
      engine,
      progress: line.report,
      ...(options.reward !== undefined && { reward: options.reward }),
      ...(options.steps !== undefined && { steps: options.steps }),
      ...(options.discount !== undefined && { discount: options.discount }),
      ...(options.takings !== undefined && { takings: options.takings }),
    }).finally(line.done);
    const manifest = await registry.put(model, made);
    checkpoint.remove();
    const serves = await letServe(registry, manifest, options.promote);
    const { metrics, version, seed, data: from } = manifest;
    printRows(
      [
        {
          agent: algorithm,
          version,
          [decidingFigure]: metrics[decidingFigure],
          'hr@10': metrics['hr@10'],
          steps: metrics.steps,
          interactions: from.interactions,
          seconds: Math.round(performance.now() - begun) / 1000,
          seed,
          serves,
        },
      ],
      options.json,
    );
  } finally {
    await log.close();
  }
}
