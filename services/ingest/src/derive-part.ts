import {
  derivedDocumentV1,
  rawRecordV1,
  rejectV1,
  type DerivedDocumentV1,
  type DocumentsDerivedV1,
  type DocumentsFetchedV1,
} from '@alluvium/contracts';
import { deriveRecords } from './domain/derive-records.ts';
import { derivedKeysOf } from './domain/object-keys.ts';
import { isUnchanged, partKeyOf, type PartRef } from './domain/unchanged.ts';
import type { DeriveDeps } from './ports.ts';
import { storeOnce } from './store-once.ts';

const changedOnes = async (
  { checkpoints, runtime }: Omit<DeriveDeps, 'bus'>,
  documents: DerivedDocumentV1[],
  here: PartRef & { collection: string },
): Promise<DerivedDocumentV1[]> => {
  const known = await checkpoints.read(
    here.collection,
    documents.map(({ documentId }) => documentId),
  );
  const parts = new Map([...known.values()].map((checkpoint) => [partKeyOf(checkpoint), checkpoint]));
  const fates = await checkpoints.fatesOf([...parts.values()]);
  const nowMs = runtime.origin.nowMs();
  return documents.filter((document) => {
    const checkpoint = known.get(document.documentId);
    const fate = checkpoint === undefined ? undefined : fates.get(partKeyOf(checkpoint));
    return !isUnchanged(document, { checkpoint, fate }, { here, nowMs });
  });
};

const remember = async (
  { checkpoints, runtime }: Omit<DeriveDeps, 'bus'>,
  documents: readonly DerivedDocumentV1[],
  { runId, attempt, part, collection }: PartRef & { collection: string },
): Promise<void> => {
  const writtenAtMs = runtime.origin.nowMs();
  const written = documents.map(({ documentId, revision: { fence, sequence, contentHash } }) => {
    return { documentId, contentHash, fence, sequence, runId, attempt, part, writtenAtMs };
  });
  await checkpoints.write(collection, written);
};

/**
 * Turns the raw records of a part into canonical documents and leaves out what the index has already. The first try
 * decides what has changed; every later one finds its object and tells the same.
 */
export const derivePart = async (
  deps: Omit<DeriveDeps, 'bus'>,
  data: DocumentsFetchedV1['data'],
): Promise<DocumentsDerivedV1['data']> => {
  const { runId, attempt, part, collection, source, fence } = data;
  const here = { runId, attempt, part, collection };
  const keys = derivedKeysOf(here, data.raw.key);
  const raw = await deps.objects.readRecords(rawRecordV1, data.raw);
  const { documents, rejects } = deriveRecords(raw, { source, fence });
  const changed = await changedOnes(deps, documents, here);
  const stored = await storeOnce(deps.objects, derivedDocumentV1, keys.documents, changed);
  const left =
    rejects.length === 0 ? undefined : await storeOnce(deps.objects, rejectV1, keys.rejects, rejects);
  // After the documents are durable: a checkpoint never tells of what could still be lost.
  await remember(deps, stored.records, here);
  const records = stored.records.length;
  // Nobody will be heard of a part that ends here: the index has all of it.
  if (records === 0) await deps.checkpoints.settle([{ runId, attempt, part }], 'applied');
  return {
    ...{ runId, attempt, part, collection, source },
    ...{ records, unchanged: documents.length - records, rejected: rejects.length },
    ...(records === 0 ? {} : { derived: stored.pointer }),
    ...(left === undefined ? {} : { rejects: left.pointer }),
  };
};
