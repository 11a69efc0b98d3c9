import { isRetryable } from '@alluvium/lambda-kit';
import { scheduleOf, windowAt } from './domain/schedule.ts';
import { SOURCES_PREFIX } from './domain/source-keys.ts';
import type { IngestDeps } from './ports.ts';
import { findSource, type FoundSource } from './read-source.ts';
import { controlOf, pauseOf } from './source-pause.ts';
import { startSource } from './start-source.ts';

/** The schedule of a source; the usual one of a document that cannot be read, so that this is told once a day. */
const scheduleTextOf = ({ open }: FoundSource): string | undefined => {
  try {
    return open().schedule;
  } catch {
    return undefined;
  }
};

/**
 * The newest time of a source's schedule that nobody has seen to yet. What lies before its document was put is done:
 * putting it starts a crawl.
 */
const dueMs = (found: FoundSource, scheduledMs: number, nowMs: number): number | undefined => {
  const timeMs = scheduleOf(scheduleTextOf(found)).lastMs(nowMs);
  const doneMs = Math.max(scheduledMs, Date.parse(found.lastModified));
  return timeMs === undefined || timeMs <= doneMs ? undefined : timeMs;
};

const startWhenDue = async (deps: IngestDeps, found: FoundSource): Promise<void> => {
  const { runtime, controls } = deps;
  const control = await controlOf(deps, found.place);
  const timeMs = dueMs(found, control.scheduledMs ?? 0, runtime.origin.nowMs());
  if (timeMs === undefined) return;
  const window = windowAt(timeMs);
  try {
    const source = found.open();
    // It stays due: the next time after it is resumed makes up for it, once.
    if (pauseOf(source, control) !== undefined) return;
    await startSource(deps, source, window);
  } catch (error) {
    if (isRetryable(error)) throw error;
    const { key } = found;
    runtime.logger.error('The source was refused', { key, error: error as Error });
    await runtime.deadLetters.send({ key, window }, error);
  }
  // Behind the start: one that died is made again, and is the same run.
  await controls.change(found.place, { scheduledMs: timeMs });
};

/**
 * Starts the sources whose time has come. One that cannot be read keeps no other waiting; when one failed for reasons
 * that pass, the whole is to be repeated, which starts nothing twice.
 */
export const startSources = async (deps: IngestDeps): Promise<void> => {
  const passing: unknown[] = [];
  for (const { key } of await deps.inbox.list(SOURCES_PREFIX)) {
    try {
      const found = await findSource(deps, key);
      if (found !== undefined) await startWhenDue(deps, found);
    } catch (error) {
      passing.push(error);
    }
  }
  if (passing.length > 0) throw passing[0] as Error;
};
