import type { DocumentsDeleteRequestedV1 } from '@alluvium/contracts';
import type { ForgetDeps } from './ports.ts';

/** Documents by source, as `<entity>#<entityId>`; a name of a source has no slash. */
const bySource = (documentIds: readonly string[]): Map<string, string[]> => {
  const keys = new Map<string, string[]>();
  for (const documentId of documentIds) {
    const at = documentId.indexOf('/');
    if (at <= 0) continue;
    const source = documentId.slice(0, at);
    keys.set(source, [...(keys.get(source) ?? []), documentId.slice(at + 1)]);
  }
  return keys;
};

/**
 * Takes note that documents are deleted: what was passed on of them counts no more, so that they are passed on again when they are
 * sent again, and crawls read them again where they are. A request that comes twice or late costs one more passing on.
 */
export const forgetDocuments = async (
  { checkpoints, generations, runtime }: ForgetDeps,
  { collection, documentIds }: DocumentsDeleteRequestedV1['data'],
): Promise<void> => {
  // Not when it was asked for: the index, too, may hear of it late.
  const atMs = runtime.origin.nowMs();
  await checkpoints.noteDeletion(collection, documentIds, atMs);
  for (const [source, keys] of bySource(documentIds))
    await generations.noteDeletion(collection, source, { keys, atMs });
};
