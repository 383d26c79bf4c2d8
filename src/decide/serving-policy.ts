import type { Catalogue, Clock } from '../core/index.ts';
import { adoptVersion, isVersion, type Manifest, type Registry } from '../registry/index.ts';
import type { ServedPolicy } from './decide-for-shopper.ts';
import { strangerNote } from './stranger.ts';

/** The policy that serves, and the way to a newer one. */
export interface Serving {
  readonly current: (ServedPolicy & { readonly manifest: Manifest }) | undefined;
  /** What the operator must know of it: that it is not the one that should serve, or knows none of the products. */
  readonly notes: readonly string[];
  /**
   * Takes on the version the registry says serves; answers it where it is another than before. Where that one is unsound, what
   * serves goes on, or else the last sound one begins, and `notes` says so. Throws where none can. Takes in new products, where it can.
   */
  adopt(): Promise<Manifest | undefined>;
}

export function servingPolicy({ registry, restore, catalogue, clock, warn }: ServingParts): Serving {
  let served: Serving['current'];
  /** Of the version that should serve and cannot; empty where all is well. */
  let trouble = '';
  function hear(said: string): void {
    const whole = `${said}; ${served!.manifest.agent}, version ${served!.manifest.version}, serves meanwhile`;
    if (whole !== trouble) warn(whole);
    trouble = whole;
  }
  const stranger = (): string[] => {
    const note = served && strangerNote(served.manifest, served.known, catalogue.size);
    return note === undefined ? [] : [note];
  };

  /** New products are taken in by restoring the whole policy: a twentieth of the time at most. */
  let notBefore = Number.NEGATIVE_INFINITY;
  async function timed(manifest: Manifest, model: Uint8Array): Promise<ServedPolicy> {
    const began = clock();
    return restore(manifest, model, catalogue).finally(() => {
      notBefore = clock() + 20 * (clock() - began);
    });
  }
  async function adopt(): Promise<Manifest | undefined> {
    const now = served?.manifest;
    try {
      const found = await adoptVersion(registry, now, timed, clock() >= notBefore && served?.stale?.());
      const again = isVersion(found?.manifest, now);
      if (found) served = { ...found.restored, manifest: again ? now! : found.manifest };
      if (found?.trouble) hear(found.trouble);
      else trouble = '';
      if (found && !again) stranger().forEach(warn);
      return again ? undefined : found?.manifest;
    } catch (error) {
      if (!served) throw error;
      hear(error instanceof Error ? error.message : String(error));
      return undefined;
    }
  }

  /** One after the other: a restored policy never takes the place of a newer one. */
  let adopting: Promise<unknown> = Promise.resolve();
  return {
    get current() {
      return served;
    },
    get notes() {
      return [...(trouble ? [trouble] : []), ...stranger()];
    },
    adopt() {
      const adopted = adopting.then(adopt);
      adopting = adopted.catch(() => {});
      return adopted;
    },
  };
}

interface ServingParts {
  readonly registry: Registry;
  readonly restore: (manifest: Manifest, model: Uint8Array, catalogue: Catalogue) => Promise<ServedPolicy>;
  readonly catalogue: Catalogue;
  readonly clock: Clock;
  readonly warn: (message: string) => void;
}
