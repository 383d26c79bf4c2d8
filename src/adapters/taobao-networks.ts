import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { TendrilError } from '../core/index.ts';
import type { Layer, LoggedRows, TaobaoNetworks, WorldDefinition } from '../world/index.ts';
import { readOpenBanditRows } from './open-bandit-rows.ts';

/**
 * The three networks of `virtual-taobao-v0` from the data sets' directory. Throws `no-such-file` where they are not
 * there or `datasets` is undefined (TENDRIL_DATASETS is not set).
 */
export function readTaobaoNetworks(datasets: string | undefined): TaobaoNetworks {
  if (datasets === undefined) {
    throw new TendrilError(
      'no-such-file',
      'virtual-taobao-v0 needs its trained networks: set TENDRIL_DATASETS to the directory that holds virtual-taobao-v0/',
    );
  }
  const layers = (name: string): Layer[] => {
    const path = join(datasets, 'virtual-taobao-v0', `${name}_model.json.gz`);
    try {
      return JSON.parse(gunzipSync(readFileSync(path)).toString('utf8')).layers;
    } catch (error) {
      throw new TendrilError('no-such-file', `cannot read the ${name} network from ${path}`, {
        cause: error,
      });
    }
  };
  const flat = (name: string): Layer[] =>
    layers(name).map((layer) => ({
      ...layer,
      weight: Float64Array.from(layer.weight),
      bias: Float64Array.from(layer.bias),
    }));
  return { generator: flat('generator'), leave: flat('leave'), action: flat('action') };
}

/**
 * A world with the data it needs beside its options, from TENDRIL_DATASETS: for `virtual-taobao-v0` its networks, for
 * `logged-bandit-v1` its rows, read when the first is made; others are as they were.
 */
export function worldWithData(definition: WorldDefinition, datasets: string | undefined): WorldDefinition {
  let networks: TaobaoNetworks | undefined;
  let log: LoggedRows | undefined;
  if (definition.id === 'virtual-taobao-v0')
    return {
      ...definition,
      create(n, options) {
        networks ??= readTaobaoNetworks(datasets);
        return definition.create(n, { ...options, networks });
      },
    };
  if (definition.id === 'logged-bandit-v1')
    return {
      ...definition,
      create(n, options) {
        log ??= readOpenBanditRows(datasets);
        return definition.create(n, { ...options, log });
      },
    };
  return definition;
}
