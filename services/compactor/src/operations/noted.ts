import type { OperationRequest } from '@alluvium/lambda-kit';
import type { OperationDeps } from '../ports.ts';

/**
 * Changes an index and announces it, noted beforehand: when the process dies between the commit and the event, `announceLate` tells
 * it. A change that fails stays noted as well, since nobody knows whether it was committed; what is announced then is how things are.
 */
export const noted = async <T>(
  { changes, clock }: Pick<OperationDeps, 'changes' | 'clock'>,
  indexPath: string,
  { operationId }: Pick<OperationRequest, 'operationId'>,
  changeAndAnnounce: () => Promise<T>,
): Promise<T> => {
  const note = { indexPath, operationId, notedAtMs: clock.nowMs() };
  await changes.add(note);
  const result = await changeAndAnnounce();
  await changes.remove(note);
  return result;
};
