import {
  canonicalJson,
  deltaIdOf,
  hashId,
  sha256Hex,
  type ChunksCreatedV1,
  type DocumentsDeleteRequestedV1,
} from '@alluvium/contracts';
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

/** A delta's place among all. */
export interface DeltaPlace {
  collection: string;
  runId: string;
  part: number;
  deltaId: string;
}

/**
 * The delta of a deletion: the request stands for the run, its slices for the parts. What it deletes is settled by whoever writes it
 * first, so a late repetition takes nothing away that came in between.
 */
export const deletionPlace = (
  { collection, requestId, slice }: DocumentsDeleteRequestedV1['data'],
  indexPath: string,
): DeltaPlace => {
  const runId = hashId(['documents.delete-requested', collection, requestId]);
  return {
    ...{ collection, runId, part: slice },
    deltaId: deltaIdOf({ runId, part: slice, contentHash: sha256Hex(indexPath) }),
  };
};

/** Where a delta lies. */
export const deltaKey = ({ collection, runId, part, deltaId }: DeltaPlace): string =>
  `embeddings/${collection}/${runId}/${part}-${deltaId}`;

const KEY = /^embeddings\/([^/]+)\/([^/]+)\/(\d+)-([^/]+)$/;

/** The reverse of {@link deltaKey}; undefined for what is no delta. */
export const placeOfKey = (key: string): DeltaPlace | undefined => {
  const [, collection, runId, part, deltaId] = KEY.exec(key) ?? [];
  if (collection === undefined || runId === undefined || deltaId === undefined) return undefined;
  return { collection, runId, part: Number(part), deltaId };
};
