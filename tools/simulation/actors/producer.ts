import '../environment.ts';
import { deltaCreatedV1, type PointerV1 } from '@alluvium/contracts';
import { VirtualProcess } from '@alluvium/testkit/simulation';
import { encodeDelta } from '@alluvium/vector-store';
import type { CompactorDeps } from '../../../services/compactor/src/ports.ts';
import { storedDelta, type Announcement, type PlannedDelta } from '../plan.ts';
import type { Services } from '../services.ts';
import { compactorDeps } from './compactor-process.ts';

/** Writes deltas and announces them, as embed does. */
export interface Producer {
  isDone(): boolean;
}

const RETRY_MS = 5_000;

const store = async ({ objects }: CompactorDeps, planned: PlannedDelta, key: string): Promise<PointerV1> => {
  const stored = storedDelta(planned);
  if (stored === undefined) return objects.pointTo('delta.v1', key, Buffer.from(`nothing at ${key}`));
  const bytes = planned.poison === 'garbage' ? Buffer.from(`no delta at ${key}`) : encodeDelta(stored);
  return objects.writeBytes('delta.v1', key, bytes);
};

const announce = async (deps: CompactorDeps, planned: PlannedDelta, attempt: number): Promise<void> => {
  const { delta, indexPath } = planned;
  const { runId, part, collection, deltaId, model, documents } = delta;
  const pointer = await store(deps, planned, `embeddings/${collection}/${runId}/${part}-${deltaId}`);
  const data = {
    runId,
    attempt,
    part,
    collection,
    deltaId,
    index: { path: indexPath, modelId: model.id, dims: model.dims },
    documents: documents.length,
    records: documents.reduce((sum, { chunks }) => sum + chunks.length, 0),
    delta: pointer,
  };
  await deps.bus.publish(deltaCreatedV1, data, { correlationId: runId });
};

/** One piece of work after the other, each until it has succeeded; a death costs nothing but time. */
export const startProducer = (services: Services, name: string, work: Announcement[]): Producer => {
  let done = 0;
  let lives = 0;
  const live = (): void => {
    lives += 1;
    const process = new VirtualProcess(services.scheduler, `${name}.${lives}`);
    const deps = compactorDeps(process, services);
    process.died = () =>
      void services.scheduler.schedule(RETRY_MS, { actor: name, label: 'starts again', run: live });
    const next = (): void => {
      const item = work[done];
      if (item === undefined) return;
      process.deliver(item.planned.afterMs, `begins its piece ${done + 1}`, () => {
        process.invoke(
          () => announce(deps, item.planned, item.attempt),
          (failure) => {
            if (failure === undefined) done += 1;
            next();
          },
        );
      });
    };
    next();
  };
  live();
  return { isDone: () => done === work.length };
};
