import { PipelineError, type PointerV1 } from '@alluvium/contracts';
import { readObject } from '@alluvium/vector-store';
import type { OperationDeps } from '../ports.ts';

/** Pointer to a book of the engine, which it wrote without one. Errors: OBJECT_MISSING. */
export const reportAt = async (
  { store, objects }: Pick<OperationDeps, 'store' | 'objects'>,
  contentSchema: string,
  key: string,
): Promise<PointerV1> => {
  const object = await readObject(store, key);
  if (object !== undefined) return objects.pointTo(contentSchema, key, object.body);
  throw new PipelineError(`${key} does not exist, though it was just written`, {
    code: 'OBJECT_MISSING',
    kind: 'corrupt',
    details: { key },
  });
};

/** `1 document`, `2 documents`. */
export const counted = (count: number, noun: string): string =>
  `${count.toLocaleString('en-US')} ${noun}${count === 1 ? '' : 's'}`;
