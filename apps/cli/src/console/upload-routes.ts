import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { PipelineError } from '@alluvium/contracts';
import type { ConsoleRequest, ConsoleRoute } from '@alluvium/local';
import { ulid } from 'ulid';
import { assertName } from '../assert-name.ts';
import { useAws, type Connection } from '../connection.ts';
import { uploadToInbox, type Upload, type UploadFile } from '../upload.ts';
import { jsonBody, requiredText } from './json-body.ts';
import { uploadByForm } from './upload-by-form.ts';

const SOURCE = 'files';
const MOST_UPLOADS = 16;

/** An upload whose files are still coming. */
interface Pending {
  folder: string;
  collection: string;
  files: UploadFile[];
}

const refuse = (message: string): PipelineError =>
  new PipelineError(message, { code: 'UPLOAD_INVALID', kind: 'invalid' });

const keepFile = async (file: string, { incoming }: ConsoleRequest) => {
  const hash = createHash('sha256');
  let bytes = 0;
  incoming.on('data', (piece: Buffer) => {
    hash.update(piece);
    bytes += piece.length;
  });
  await pipeline(incoming, createWriteStream(file));
  return { bytes, sha256: hash.digest('hex') };
};

class Uploads {
  private readonly pending = new Map<string, Pending>();
  private readonly connection: Connection;

  constructor(connection: Connection) {
    this.connection = connection;
  }

  async begin(request: ConsoleRequest) {
    const collection = requiredText(await jsonBody(request), 'collection');
    assertName('collection', collection);
    if (this.pending.size >= MOST_UPLOADS) throw refuse('Too many uploads are under way.');
    const uploadId = ulid();
    const folder = await mkdtemp(join(tmpdir(), 'alluvium-upload-'));
    this.pending.set(uploadId, { folder, collection, files: [] });
    return { uploadId };
  }

  async addFile(request: ConsoleRequest) {
    const { folder, files } = this.find(request);
    const path = request.query.get('path') ?? '';
    if (path === '' || files.some(({ entry }) => entry.path === path))
      throw refuse(`The upload has two files "${path}".`);
    // Names of others do not become names of files here.
    const file = join(folder, String(files.length));
    const upload: UploadFile = { file, entry: { path, bytes: 0, sha256: '' } };
    files.push(upload);
    Object.assign(upload.entry, await keepFile(file, request));
    return upload.entry;
  }

  async finish(request: ConsoleRequest) {
    const { folder, collection, files } = this.find(request);
    const uploadId = request.params['uploadId'] ?? '';
    this.pending.delete(uploadId);
    const runId = await this.send({ collection, uploadId, files }).finally(() =>
      rm(folder, { recursive: true, force: true }),
    );
    return { runId, uploadId, collection, source: SOURCE, files: files.map(({ entry }) => entry.path) };
  }

  private send(upload: Pick<Upload, 'collection' | 'uploadId' | 'files'>): Promise<string> {
    const { bucket } = this.connection;
    const whole = { ...upload, bucket, source: SOURCE, createdAt: new Date().toISOString() };
    // Whoever knows no bucket has no credentials for it either: the API lends a form.
    if (bucket === '') return uploadByForm(this.connection, whole);
    useAws(this.connection);
    return uploadToInbox(whole);
  }

  private find({ params }: ConsoleRequest): Pending {
    const found = this.pending.get(params['uploadId'] ?? '');
    if (found === undefined) throw refuse('There is no such upload; begin again.');
    return found;
  }
}

/** Takes files from a browser, lays them aside until all are there, then uploads them as `alluvium ingest` would. */
export const uploadRoutes = (connection: Connection): ConsoleRoute[] => {
  const uploads = new Uploads(connection);
  const path = '/_local/uploads/{uploadId}';
  return [
    { method: 'POST', path: '/_local/uploads', handle: (request) => uploads.begin(request) },
    { method: 'PUT', path, handle: (request) => uploads.addFile(request) },
    { method: 'POST', path, handle: (request) => uploads.finish(request) },
  ];
};
