import { TendrilError } from '../core/index.ts';
import { isVersion, type Promoted, promote, refuseRemoval } from './promotions.ts';
import type { Manifest, Registry } from './registry.ts';

/** Models in memory: for tests, worlds and the loop in a browser. */
export function memoryRegistry(): Registry {
  const models: { readonly manifest: Manifest; readonly model: Uint8Array }[] = [];
  let pile: readonly Promoted[] = [];
  const find = (agent: string, version: number) =>
    models.find(({ manifest }) => manifest.agent === agent && manifest.version === version);
  const top = (): Manifest | undefined => {
    const serving = pile.at(-1);
    return serving && find(serving.agent, serving.version)?.manifest;
  };
  return {
    async put(model, given) {
      const earlier = models.flatMap(({ manifest }) =>
        manifest.agent === given.agent ? manifest.version : [],
      );
      const version = 1 + Math.max(0, ...earlier);
      const manifest: Manifest = JSON.parse(JSON.stringify({ ...given, version }));
      models.push({ manifest, model: model.slice() });
      return manifest;
    },
    list: async (agent) =>
      models
        .map(({ manifest }) => manifest)
        .filter((manifest) => agent === undefined || manifest.agent === agent)
        .reverse(),
    async get(agent, version) {
      const found = find(agent, version);
      return found && { manifest: found.manifest, model: found.model.slice() };
    },
    async promote(agent, version, now) {
      if (!find(agent, version))
        throw new TendrilError('not-found', `there is no version ${version} of agent "${agent}"`);
      pile = promote(pile, { act: 'promote', agent, version, at: now });
    },
    async rollBack(now) {
      if (pile.length < 2) return undefined;
      pile = promote(pile, { act: 'roll back', at: now });
      return top();
    },
    async remove(agent, version, now) {
      const stored = models.flatMap(({ manifest }) => (manifest.agent === agent ? manifest.version : []));
      refuseRemoval({ agent, version }, stored, top());
      pile = promote(pile, { act: 'remove', agent, version, at: now });
      models.splice(
        models.findIndex(({ manifest }) => isVersion(manifest, { agent, version })),
        1,
      );
    },
    serving: async () => top(),
    promoted: async () => pile.toReversed(),
  };
}
