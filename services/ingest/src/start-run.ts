import {
  ingestionContinuedV1,
  PipelineError,
  runIdOfSource,
  runStartedV1,
  type EventCause,
  type IngestionSourceV1,
} from '@alluvium/contracts';
import type { Lease } from '@alluvium/vector-store';
import { loadSource } from './load-source.ts';
import { isUpload, loadUpload } from './load-upload.ts';
import type { IngestDeps, Run } from './ports.ts';
import { assertNotPaused, controlOf } from './source-pause.ts';

const LEASE_TRIES = 16;
const LEASE_PAUSE_MS = 1000;

export interface RunRequest {
  collection: string;
  source: IngestionSourceV1;
  attempt?: number | undefined;
}

const acquireLease = async (
  { leases, pause }: IngestDeps,
  { collection, source }: RunRequest,
  runId: string,
): Promise<Lease> => {
  for (let tries = 0; tries < LEASE_TRIES; tries += 1) {
    if (tries > 0) await pause(LEASE_PAUSE_MS);
    const key = { pk: `source#${collection}#${source.name}`, sk: 'lease' };
    const acquisition = await leases.acquire(key, { runId });
    if (acquisition.kind === 'acquired') return acquisition.lease;
  }
  throw new PipelineError(`Another run of ${collection}/${source.name} has been starting for too long`, {
    code: 'SOURCE_BUSY',
    kind: 'unavailable',
    details: { collection, source: source.name },
  });
};

const assertReadableSource = async (deps: IngestDeps, { collection, source }: RunRequest): Promise<void> => {
  if (isUpload(source)) {
    await loadUpload(deps.objects, collection, source);
    return;
  }
  const loaded = await loadSource(deps.objects, collection, source);
  assertNotPaused({ collection, name: source.name }, loaded, {});
  deps.connect(loaded);
};

// The lease orders the starts of a source's runs: its fence says which of two runs is the later one.
const registerRun = async (deps: IngestDeps, request: RunRequest, runId: string): Promise<Run> => {
  const place = { collection: request.collection, name: request.source.name };
  assertNotPaused(place, {}, await controlOf(deps, place));
  const known = await deps.runs.find(runId);
  if (known !== undefined) return known;
  await assertReadableSource(deps, request);
  const lease = await acquireLease(deps, request, runId);
  try {
    return await deps.runs.register({
      runId,
      collection: request.collection,
      source: request.source,
      fence: lease.fence,
      startedAt: new Date(deps.runtime.origin.nowMs()).toISOString(),
      sealedAttempt: 0,
    });
  } finally {
    await lease.release();
  }
};

/**
 * Starts a run, or sends one that was started before on its way again: run and events are the same however often it is
 * called. An attempt whose crawl is over is left alone.
 * Errors: UPLOAD_INVALID, SOURCE_INVALID, SOURCE_PAUSED, CONNECTOR_UNKNOWN, SOURCE_BUSY and what reading the manifest throws.
 */
export const startRun = async (deps: IngestDeps, request: RunRequest, cause?: EventCause): Promise<void> => {
  const { collection, source, attempt = 1 } = request;
  const runId = runIdOfSource(collection, source);
  const { fence, startedAt, sealedAttempt } = await registerRun(deps, request, runId);
  if (sealedAttempt >= attempt) {
    deps.runtime.logger.info('The run was crawled before', { runId, attempt });
    return;
  }
  const from = cause ?? { correlationId: runId };
  const run = { runId, attempt, collection, fence, startedAt };
  const { name, connector } = source;
  await deps.bus.publish(runStartedV1, { ...run, source: name, connector }, from);
  const cursor = { part: 0, file: 0, record: 0 };
  await deps.bus.publish(ingestionContinuedV1, { ...run, source, cursor }, from);
};
