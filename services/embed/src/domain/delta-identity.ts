import { canonicalJson, deltaIdOf, sha256Hex, type ChunksCreatedV1 } from '@alluvium/contracts';
import { PASSAGE_FORM } from './passage.ts';

/** The same chunks through the same model are the same delta, whoever makes it and however often. */
export const deltaIdentity = (
  { runId, part, chunks }: Pick<ChunksCreatedV1['data'], 'runId' | 'part' | 'chunks'>,
  modelStamp: string,
): string =>
  deltaIdOf({
    runId,
    part,
    contentHash: sha256Hex(canonicalJson([chunks.sha256, modelStamp, PASSAGE_FORM])),
  });

/** Where a delta lies. */
export const deltaKey = (delta: {
  collection: string;
  runId: string;
  part: number;
  deltaId: string;
}): string => `embeddings/${delta.collection}/${delta.runId}/${delta.part}-${delta.deltaId}`;
