import { isRetryable } from '@alluvium/lambda-kit';
import { SOURCES_PREFIX } from './domain/source-keys.ts';
import type { IngestDeps } from './ports.ts';
import { startSource } from './start-source.ts';

/**
 * Starts the day's crawl of every source. One source that cannot be read keeps no other waiting; when one failed for
 * reasons that pass, the whole is to be repeated, which starts nothing twice.
 */
export const startSources = async (deps: IngestDeps): Promise<void> => {
  const day = new Date(deps.runtime.origin.nowMs()).toISOString().slice(0, 10);
  const passing: unknown[] = [];
  for (const { key } of await deps.inbox.list(SOURCES_PREFIX)) {
    try {
      await startSource(deps, key, () => day);
    } catch (error) {
      if (isRetryable(error)) passing.push(error);
      else {
        deps.runtime.logger.error('The source was refused', { key, error: error as Error });
        await deps.runtime.deadLetters.send({ key, window: day }, error);
      }
    }
  }
  if (passing.length > 0) throw passing[0] as Error;
};
