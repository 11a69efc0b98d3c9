import { createHash } from 'node:crypto';
import {
  MAX_DOCUMENT_BYTES,
  maxBytesOf,
  recordsOfFile,
  rejected,
  tooLarge,
  type Chunks,
  type SourceRecord,
} from '@alluvium/connectors';
import { PipelineError, sha256Hex, type UploadManifestV1 } from '@alluvium/contracts';
import { mapAhead } from './concurrency.ts';
import type { Position, ReadRecord } from './domain/cut-parts.ts';
import { fileKeyOf } from './domain/inbox-keys.ts';
import type { Inbox, InboxFile } from './ports.ts';

type UploadedFile = UploadManifestV1['files'][number];

/** Files that are fetched before their turn; each is at most {@link MAX_DOCUMENT_BYTES}. */
const READ_AHEAD = 8;

/** A file whose content was checked against the manifest, or the record that tells why there is none. */
type Loaded = { unreadable: SourceRecord } | { chunks: Chunks };

interface Source {
  inbox: Inbox;
  key: string;
  file: UploadedFile;
}

const changed = ({ path }: UploadedFile, what: string): Loaded => ({
  unreadable: rejected(path, 'FILE_CHANGED', `is not the file that the upload lists: ${what}`),
});

const openListed = async ({ inbox, key, file }: Source): Promise<InboxFile | Loaded> => {
  const opened = await inbox.open(key);
  if (opened === undefined) {
    return { unreadable: rejected(file.path, 'FILE_MISSING', 'is listed but was not uploaded') };
  }
  if (opened.sizeBytes === file.bytes) return opened;
  opened.discard();
  return changed(file, `${opened.sizeBytes} bytes instead of ${file.bytes}`);
};

const loadWhole = async (source: Source): Promise<Loaded> => {
  const opened = await openListed(source);
  if (!('body' in opened)) return opened;
  const chunks: Uint8Array[] = [];
  for await (const chunk of opened.body) chunks.push(chunk);
  const bytes = Buffer.concat(chunks);
  return sha256Hex(bytes) === source.file.sha256
    ? { chunks: [bytes] }
    : changed(source.file, 'its sha256 differs');
};

// Read twice: records of a file must not be passed on before its sha256 is known to be right.
const loadStreamed = async (source: Source): Promise<Loaded> => {
  const opened = await openListed(source);
  if (!('body' in opened)) return opened;
  const hash = createHash('sha256');
  for await (const chunk of opened.body) hash.update(chunk);
  if (hash.digest('hex') !== source.file.sha256) return changed(source.file, 'its sha256 differs');
  const again = await source.inbox.open(source.key, opened.etag);
  if (again !== undefined) return { chunks: again.body };
  throw new PipelineError(`${source.key} disappeared while it was read`, {
    code: 'INBOX_CHANGED',
    kind: 'conflict',
    details: { key: source.key },
  });
};

const prepare = (source: Source): Promise<() => Promise<Loaded>> => {
  const { path, bytes } = source.file;
  if (bytes <= MAX_DOCUMENT_BYTES) return loadWhole(source).then((loaded) => () => Promise.resolve(loaded));
  // A great file is read when its turn comes: its lines or rows are documents, or it is mostly pictures.
  const loaded = { unreadable: tooLarge(path, 'DOCUMENT_TOO_LARGE', bytes) };
  return Promise.resolve(() => (bytes <= maxBytesOf(path) ? loadStreamed(source) : Promise.resolve(loaded)));
};

async function* recordsOf(
  file: UploadedFile,
  loaded: Loaded,
  after: number,
): AsyncGenerator<{ record: SourceRecord; line?: number }> {
  if ('unreadable' in loaded) yield { record: loaded.unreadable };
  else yield* recordsOfFile(file, loaded.chunks, after);
}

/** Reads the records of an upload in order, from a position on. A file that cannot be read is a record that says why. */
export async function* readUpload(
  inbox: Inbox,
  upload: UploadManifestV1,
  from: Position,
): AsyncGenerator<ReadRecord> {
  let { sequence } = from;
  const rest = upload.files.slice(from.file).map((file, offset) => ({ file, index: from.file + offset }));
  const prepared = mapAhead(rest, READ_AHEAD, async ({ file, index }) => {
    const load = await prepare({ inbox, key: fileKeyOf(upload, file.path), file });
    return { file, index, load };
  });
  for await (const { file, index, load } of prepared) {
    const afterLine = index === from.file ? from.record : 0;
    for await (const { record, line } of recordsOf(file, await load(), afterLine)) {
      const place = line === undefined ? { file: index + 1, record: 0 } : { file: index, record: line };
      yield { record: { ...record, sequence }, next: { ...place, sequence: sequence + 1 } };
      sequence += 1;
    }
  }
}
