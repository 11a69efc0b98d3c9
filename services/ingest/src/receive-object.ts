import { createHash } from 'node:crypto';
import {
  assertReadable,
  PipelineError,
  runIdOfSource,
  sha256Hex,
  uploadManifestV1,
  type PointerV1,
  type UploadManifestV1,
} from '@alluvium/contracts';
import { DROP_FOLDER, parseInboxKey, type InboxArrival } from './domain/inbox-keys.ts';
import { sourceKeyOf } from './domain/object-keys.ts';
import { assertUpload, MAX_MANIFEST_BYTES } from './domain/upload.ts';
import type { IngestDeps, InboxFile } from './ports.ts';
import { parseSourceKey } from './domain/source-keys.ts';
import { startRun } from './start-run.ts';
import { receiveSource } from './start-source.ts';

const SOURCE = 'files';

const openObject = async ({ inbox }: IngestDeps, key: string): Promise<InboxFile> => {
  const file = await inbox.open(key);
  if (file !== undefined) return file;
  throw new PipelineError(`${key} does not exist`, {
    code: 'OBJECT_MISSING',
    kind: 'unavailable',
    details: { key },
  });
};

const readManifest = async (deps: IngestDeps, key: string): Promise<Uint8Array> => {
  const file = await openObject(deps, key);
  if (file.sizeBytes > MAX_MANIFEST_BYTES) {
    file.discard();
    throw new PipelineError(`${key} has ${file.sizeBytes} bytes: more than ${MAX_MANIFEST_BYTES}`, {
      code: 'UPLOAD_INVALID',
      kind: 'invalid',
      details: { key },
    });
  }
  const chunks: Uint8Array[] = [];
  for await (const chunk of file.body) chunks.push(chunk);
  return Buffer.concat(chunks);
};

const parseManifest = (key: string, bytes: Uint8Array): UploadManifestV1 => {
  let manifest: unknown;
  try {
    manifest = JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch (cause) {
    const reason = (cause as Error).message;
    const options = { code: 'UPLOAD_INVALID', kind: 'invalid' as const, details: { key }, cause };
    throw new PipelineError(`${key} is not valid JSON: ${reason}`, options);
  }
  return assertReadable(uploadManifestV1, manifest);
};

interface Found {
  manifest: PointerV1;
  source: string;
}

const receiveUpload = async (
  deps: IngestDeps,
  key: string,
  expected: { collection: string; uploadId: string },
): Promise<Found> => {
  const bytes = await readManifest(deps, key);
  const { source } = assertUpload(parseManifest(key, bytes), expected);
  return { source, manifest: deps.objects.pointTo(uploadManifestV1.name, key, bytes) };
};

const manifestOf = async (
  file: InboxFile,
  { collection, path }: { collection: string; path: string },
): Promise<UploadManifestV1> => {
  const hash = createHash('sha256');
  for await (const chunk of file.body) hash.update(chunk);
  return {
    collection,
    uploadId: DROP_FOLDER,
    source: SOURCE,
    // Of the object, not of the clock: the same object is the same run.
    createdAt: file.lastModified,
    files: [{ path, bytes: file.sizeBytes, sha256: hash.digest('hex') }],
  };
};

const receiveDrop = async (
  deps: IngestDeps,
  key: string,
  arrival: { collection: string; path: string },
): Promise<Found> => {
  const upload = await manifestOf(await openObject(deps, key), arrival);
  const sha256 = sha256Hex(JSON.stringify(upload));
  const named = { name: SOURCE, connector: 'files', manifest: { sha256 } };
  const runId = runIdOfSource(arrival.collection, named);
  const manifest = await deps.objects.writeDocument(uploadManifestV1, sourceKeyOf(runId), upload);
  return { source: SOURCE, manifest };
};

const receive = (deps: IngestDeps, key: string, arrival: InboxArrival): Promise<Found> =>
  arrival.kind === 'upload' ? receiveUpload(deps, key, arrival) : receiveDrop(deps, key, arrival);

/** Starts the run that a new object in the inbox, or a new document of a source, asks for; others start nothing. */
export const receiveObject = async (deps: IngestDeps, key: string): Promise<void> => {
  if (parseSourceKey(key) !== undefined) {
    await receiveSource(deps, key);
    return;
  }
  const arrival = parseInboxKey(key);
  if (arrival === undefined) {
    deps.runtime.logger.warn('The object starts no run', { key });
    return;
  }
  const { source, manifest } = await receive(deps, key, arrival);
  const { collection } = arrival;
  await startRun(deps, { collection, source: { name: source, connector: 'files', manifest } });
};
