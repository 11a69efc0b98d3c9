import {
  chunkedDocumentV1,
  hashId,
  sha256Hex,
  type ChunkedDocumentV1,
  type ChunksCreatedV1,
  type OutgoingEvent,
  type PointerV1,
} from '@alluvium/contracts';
import { packRecords, unpackRecords } from '@alluvium/lambda-kit';
import { refusedWord } from '../../services/embed/test/support/vectors.ts';
import type { Installation } from './installation.ts';
import { BATCHED } from './worlds.ts';

type Data = ChunksCreatedV1['data'];

const unspeakable = (documents: ChunkedDocumentV1[]): ChunkedDocumentV1[] =>
  documents.map(({ chunks, ...document }) => ({
    ...document,
    chunks: chunks.map((chunk) => ({ ...chunk, text: `${refusedWord} ${chunk.text}` })),
  }));

const putUnspeakable = ({ stored }: Installation, { chunks }: Data): PointerV1 => {
  const key = `${chunks.key}-unspeakable`;
  const documents = unpackRecords(chunkedDocumentV1, stored.get(chunks.key) ?? Buffer.alloc(0));
  const bytes = packRecords(chunkedDocumentV1, unspeakable(documents));
  stored.set(key, bytes);
  return { ...chunks, key, bytes: bytes.length, sha256: sha256Hex(bytes) };
};

const ofBatched = (event: OutgoingEvent, part: number, chunks: PointerV1): OutgoingEvent => {
  const data = { ...(event.detail.data as Data), collection: BATCHED, runId: hashId(BATCHED), part, chunks };
  return { ...event, detail: { ...event.detail, data } };
};

/** A part whose passages go through a provider's batches into a snapshot, and one that the provider has no vectors for. */
export const embedInBatches = async (installation: Installation): Promise<void> => {
  const event = installation.events().find(({ detailType }) => detailType === 'chunks.created.v1');
  // Where there are no chunks, something else is wrong, and a test says what.
  if (event === undefined) return;
  const data = event.detail.data as Data;
  await installation.deliver('embed', ofBatched(event, 0, data.chunks));
  await installation.deliver('embed', ofBatched(event, 1, putUnspeakable(installation, data)));
  await installation.invoke('embed', 'onSchedule', {});
  await installation.settle();
};
