import { runIdOfSource, sha256Hex, sourceV1, type SourceV1 } from '@alluvium/contracts';
import { sourceKeyOf } from './domain/object-keys.ts';
import type { IngestDeps } from './ports.ts';
import { findSource } from './read-source.ts';
import { controlOf, pauseOf } from './source-pause.ts';
import { startRun } from './start-run.ts';

/**
 * Starts a crawl of a source; gives its run. The window makes it a run of its own: the same document and window are the
 * same run. Errors: SOURCE_INVALID, CONNECTOR_UNKNOWN and those of starting a run.
 */
export const startSource = async (deps: IngestDeps, source: SourceV1, window: string): Promise<string> => {
  deps.connect(source);
  const crawled = { ...source, window };
  const { collection, name, connector } = source;
  const manifest = { sha256: sha256Hex(JSON.stringify(crawled)) };
  const runId = runIdOfSource(collection, { name, connector, manifest });
  const pointer = await deps.objects.writeDocument(sourceV1, sourceKeyOf(runId), crawled);
  await startRun(deps, { collection, source: { name, connector, manifest: pointer } });
  const startedAt = new Date(deps.runtime.origin.nowMs()).toISOString();
  await deps.controls.change({ collection, name }, { lastRun: { runId, window, startedAt } });
  return runId;
};

/**
 * Starts the crawl that a new document of a source asks for; one that is paused is left alone. Errors: those of
 * {@link startSource}.
 */
export const receiveSource = async (deps: IngestDeps, key: string): Promise<void> => {
  const { logger } = deps.runtime;
  const found = await findSource(deps, key);
  if (found === undefined) {
    logger.warn('There is no source at the key', { key });
    return;
  }
  const source = found.open();
  const reason = pauseOf(source, await controlOf(deps, found.place));
  if (reason === undefined) await startSource(deps, source, found.lastModified);
  else logger.info('The source is paused', { key, reason });
};
