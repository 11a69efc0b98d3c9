import { isPipelineError, type SourceStatusV1, type SourceV1 } from '@alluvium/contracts';
import { failureOf, mapLimit } from '@alluvium/lambda-kit';
import { DEFAULT_SCHEDULE, scheduleOf } from './domain/schedule.ts';
import { sourceDocumentKey, SOURCES_PREFIX } from './domain/source-keys.ts';
import type { IngestDeps, SourceControl, SourcePlace } from './ports.ts';
import { findSource, type FoundSource } from './read-source.ts';
import { pauseOf } from './source-pause.ts';

type ReadDeps = Pick<IngestDeps, 'inbox' | 'controls' | 'runtime' | 'connect'>;

const READ_AT_ONCE = 16;

type Opened = { source: SourceV1 } | { error: SourceStatusV1['error'] };

const open = ({ connect }: ReadDeps, found: FoundSource): Opened => {
  try {
    const source = found.open();
    connect(source);
    return { source };
  } catch (error) {
    if (!isPipelineError(error)) throw error;
    return { error: failureOf(error) };
  }
};

const planOf = (source: SourceV1, paused: boolean, nowMs: number): Partial<SourceStatusV1> => {
  const { connector, settings, schedule = DEFAULT_SCHEDULE, allowedHosts } = source;
  const nextMs = paused ? undefined : scheduleOf(schedule).nextMs(nowMs);
  return {
    ...{ connector, settings, schedule },
    ...(allowedHosts === undefined ? {} : { allowedHosts }),
    ...(nextMs === undefined ? {} : { nextRunAt: new Date(nextMs).toISOString() }),
  };
};

const statusOf = (deps: ReadDeps, found: FoundSource, control: SourceControl): SourceStatusV1 => {
  const opened = open(deps, found);
  const source = 'source' in opened ? opened.source : undefined;
  const paused = pauseOf(source ?? {}, control) !== undefined;
  const { pause, lastRun } = control;
  return {
    ...found.place,
    ...(source === undefined ? {} : planOf(source, paused, deps.runtime.origin.nowMs())),
    ...{ paused, changedAt: found.lastModified },
    ...(pause === undefined ? {} : { pause }),
    ...(lastRun === undefined ? {} : { lastRun }),
    ...('error' in opened && opened.error !== undefined ? { error: opened.error } : {}),
  };
};

/** How a source stands; undefined where there is none. */
export const describeSource = async (
  deps: ReadDeps,
  place: SourcePlace,
): Promise<SourceStatusV1 | undefined> => {
  const found = await findSource(deps, sourceDocumentKey(place));
  if (found === undefined) return undefined;
  const [control = {}] = await deps.controls.read([place]);
  return statusOf(deps, found, control);
};

/** How the sources stand, by collection and name; of one collection when it is given. */
export const describeSources = async (deps: ReadDeps, collection?: string): Promise<SourceStatusV1[]> => {
  const prefix = collection === undefined ? SOURCES_PREFIX : `${SOURCES_PREFIX}${collection}/`;
  const keys = (await deps.inbox.list(prefix)).map(({ key }) => key);
  const all = await mapLimit(keys, READ_AT_ONCE, (key) => findSource(deps, key));
  const found = all.filter((one) => one !== undefined);
  const controls = await deps.controls.read(found.map(({ place }) => place));
  return found.map((one, index) => statusOf(deps, one, controls[index] ?? {}));
};
