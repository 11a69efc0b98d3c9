import { operationRequestedV1 } from '@alluvium/contracts';
import type { OperationDeps } from './ports.ts';

/** Who asks, as the record of the operation names him. */
const SCHEDULE = 'schedule';

/**
 * Asks for a cycle of garbage collection of every index: each is an operation of its own, with its own lease, time and report. Asks
 * for what would be done where the mode is `dry-run`, and for nothing where it is `off`.
 */
export const requestGarbage = async ({
  runtime,
  inbox,
  bus,
  garbageMode,
}: Pick<OperationDeps, 'runtime' | 'inbox' | 'bus' | 'garbageMode'>): Promise<void> => {
  if (garbageMode === 'off') {
    runtime.logger.info('Garbage is not collected: it is turned off');
    return;
  }
  const dryRun = garbageMode === 'dry-run' ? { dryRun: true } : {};
  for (const { collection, indexPath } of await inbox.indexes()) {
    const operationId = runtime.origin.newEventId();
    const request = {
      ...{ operationId, target: 'compactor', operation: 'collect-garbage', requestedBy: SCHEDULE },
      args: { collection, indexPath, ...dryRun },
    };
    await bus.publish(operationRequestedV1, request, { correlationId: operationId });
  }
};
