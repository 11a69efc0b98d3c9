import type { OrchestratorDeps } from './ports.ts';

/** Younger events are still on their way to the bus. */
const PATIENCE_MS = 60_000;

/** Puts events on the bus whose sender died between the write and the bus; returns how many. */
export const sweepOutbox = async ({
  outbox,
  bus,
  runtime,
}: Pick<OrchestratorDeps, 'outbox' | 'bus' | 'runtime'>): Promise<number> => {
  const before = new Date(runtime.origin.nowMs() - PATIENCE_MS).toISOString();
  const events = await outbox.keptBefore(before);
  for (const event of events) {
    await bus.publishAll([event]);
    await outbox.remove(event);
  }
  return events.length;
};
