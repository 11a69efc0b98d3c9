import { positionAfter } from './domain/cut-parts.ts';
import { loadUpload } from './load-upload.ts';
import type { IngestDeps } from './ports.ts';
import { readUpload } from './read-upload.ts';
import type { RecordSource, Slice } from './record-source.ts';

/** The records of an upload. The files lie in the bucket already: nothing has to be kept but the parts. */
export const uploadRecords = async (
  { objects, inbox }: IngestDeps,
  { collection, source }: Slice,
): Promise<RecordSource> => {
  const upload = await loadUpload(objects, collection, source);
  return {
    read: (from) => readUpload(inbox, upload, from),
    after: (last) => positionAfter(upload, last),
    finish: () => Promise.resolve(),
  };
};
