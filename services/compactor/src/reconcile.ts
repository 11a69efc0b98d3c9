import { deltaCreatedV1, deltaRejectedV1, indexPathOf, makeEvent, PipelineError } from '@alluvium/contracts';
import { failureOf, isRetryable } from '@alluvium/lambda-kit';
import { decodeDelta, type Delta } from '@alluvium/vector-store';
import type { DeltaPlace } from './domain/delta-place.ts';
import { findLost } from './find-lost.ts';
import type { CompactorDeps } from './ports.ts';
import { registerDelta } from './register-delta.ts';

/** Deltas that one run makes good; the next one goes on. Each is read whole. */
const MOST_AT_ONCE = 500;

/** What one run found and did. */
export interface Reconciliation {
  registered: number;
  quarantined: number;
  /** Could not be read or registered; looked at again the next time. */
  postponed: number;
}

const assertInPlace = (place: DeltaPlace, delta: Delta): void => {
  const { collection, runId, part, deltaId } = delta;
  if (place.key.endsWith(`${collection}/${runId}/${part}-${deltaId}`)) return;
  throw new PipelineError(`${place.key} holds delta ${deltaId} of ${collection}, part ${part} of ${runId}`, {
    code: 'DELTA_INVALID',
    kind: 'invalid',
    details: { key: place.key },
  });
};

// The event as it was, but for its chain: who sent it, and upon what, went with it.
const register = async (deps: CompactorDeps, place: DeltaPlace, bytes: Uint8Array): Promise<void> => {
  const delta = decodeDelta(bytes);
  assertInPlace(place, delta);
  const { runId, attempt, part, collection, deltaId, model, documents } = delta;
  const data = {
    ...{ runId, attempt, part, collection, deltaId },
    index: { path: indexPathOf(collection, model.id, model.dims), modelId: model.id, dims: model.dims },
    documents: documents.length,
    records: documents.reduce((sum, { chunks }) => sum + chunks.length, 0),
    delta: deps.objects.pointTo('delta.v1', place.key, bytes),
  };
  const event = makeEvent(deltaCreatedV1, data, { correlationId: runId }, deps.runtime.origin);
  await registerDelta(deps, event.detail);
};

// Told, then remembered: whoever dies in between tells it again.
const quarantine = async (deps: CompactorDeps, place: DeltaPlace, cause: unknown): Promise<void> => {
  const { collection, runId, part, deltaId } = place;
  const error = failureOf(cause);
  // The attempt is written in what cannot be read; the first is the likeliest.
  const rejected = { runId, attempt: 1, part, collection, deltaId, error };
  await deps.bus.publish(deltaRejectedV1, rejected, { correlationId: runId });
  await deps.inbox.quarantine(place, { reason: error.code, message: error.message });
};

const makeGood = async (deps: CompactorDeps, place: DeltaPlace): Promise<keyof Reconciliation> => {
  try {
    const bytes = await deps.objects.find(place.key);
    // Gone since it was listed.
    if (bytes === undefined) return 'postponed';
    await register(deps, place, bytes);
    return 'registered';
  } catch (error) {
    if (!isRetryable(error)) {
      await quarantine(deps, place, error);
      return 'quarantined';
    }
    // One that cannot be read today must not keep the others from being found.
    deps.runtime.logger.warn('A lost delta is left for the next time', {
      key: place.key,
      error: error as Error,
    });
    return 'postponed';
  }
};

/**
 * Finds deltas whose event was lost and puts them into the inbox, as their event would have; what is no delta is quarantined, and
 * delta.rejected says why. May run twice at once: an inbox item is added once. Errors: those of the stores.
 */
export const reconcile = async (deps: CompactorDeps): Promise<Reconciliation> => {
  const done: Reconciliation = { registered: 0, quarantined: 0, postponed: 0 };
  const lost = await findLost(deps);
  for (const place of lost.slice(0, MOST_AT_ONCE)) done[await makeGood(deps, place)] += 1;
  if (lost.length > 0) deps.runtime.logger.warn('Deltas without an event were found', { ...done });
  return done;
};
