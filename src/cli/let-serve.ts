import type { Manifest, Registry } from '../registry/index.ts';

/** Lets a new version serve where it is `told` to, where nothing serves yet, and, with a warning, where what should serve cannot be read. */
export async function letServe(registry: Registry, made: Manifest, told: boolean): Promise<boolean> {
  const [wanted] = await registry.promoted();
  let problem = 'it is not stored here';
  const sound =
    wanted &&
    (await registry.get(wanted.agent, wanted.version).catch((error: Error) => {
      problem = error.message;
    }));
  if (sound && !told) return false;
  if (wanted && !sound)
    process.stderr.write(
      `tendril: ${wanted.agent}, version ${wanted.version}, should serve and cannot be read: ${problem}; the new version serves in its place\n`,
    );
  await registry.promote(made.agent, made.version, Date.now());
  return true;
}
