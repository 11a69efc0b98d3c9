import { PipelineError } from '@alluvium/contracts';
import { parseIndexPath } from '@alluvium/vector-store';
import type { RegisteredIndex } from './inbox-item.ts';

const parse = (body: string): Partial<RegisteredIndex> => {
  try {
    return (JSON.parse(body) ?? {}) as Partial<RegisteredIndex>;
  } catch {
    return {};
  }
};

/** The index that a doorbell names. Errors: DOORBELL_INVALID, INDEX_PATH_INVALID. */
export const indexOfDoorbell = (body: string): RegisteredIndex => {
  const { indexPath } = parse(body);
  if (typeof indexPath === 'string') return { collection: parseIndexPath(indexPath).collection, indexPath };
  throw new PipelineError('The doorbell names no index', { code: 'DOORBELL_INVALID', kind: 'invalid' });
};
