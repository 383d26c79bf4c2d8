import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { TendrilError } from '../core/index.ts';
import type { Layer, TaobaoNetworks } from '../world/index.ts';

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

/** What a world needs beside the options given: data from TENDRIL_DATASETS for `virtual-taobao-v0`, nothing for others. */
export function worldData(id: string, datasets: string | undefined): Readonly<Record<string, unknown>> {
  return id === 'virtual-taobao-v0' ? { networks: readTaobaoNetworks(datasets) } : {};
}
