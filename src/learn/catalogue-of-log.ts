import type { Log, Position } from '../log/index.ts';
import { type CatalogueState, catalogueState } from '../state/index.ts';

/** Folds the catalogue out of a log, in order of arrival, so that item numbers never change as the log grows. */
export async function catalogueOfLog(
  log: Log,
  known: readonly string[] = [],
): Promise<{ readonly catalogue: CatalogueState; readonly position: Position | undefined }> {
  const catalogue = catalogueState(known);
  let position: Position | undefined;
  for await (const stored of log.read()) {
    catalogue.apply(stored.event);
    position = stored.position;
  }
  return { catalogue, position };
}
