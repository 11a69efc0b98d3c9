import { openAsBlob } from 'node:fs';
import { assertProduced, PipelineError, uploadManifestV1, uploadRunIdOf } from '@alluvium/contracts';
import { mapLimit } from '@alluvium/lambda-kit';
import type { Connection } from '../connection.ts';
import type { Upload } from '../upload.ts';

const CONCURRENT = 6;

/** Where files may be put, and with which fields of a form. */
interface Place {
  uploadId: string;
  prefix: string;
  manifestKey: string;
  url: string;
  fields: Record<string, string>;
}

const unavailable = (what: string, status: number): PipelineError =>
  new PipelineError(`${what} was answered with ${status}`, { code: 'UPLOAD_FAILED', kind: 'unavailable' });

const askForPlace = async ({ api, apiKey }: Connection, collection: string): Promise<Place> => {
  const headers = {
    'content-type': 'application/json',
    ...(apiKey !== undefined && { 'x-api-key': apiKey }),
  };
  const body = JSON.stringify({ collection });
  const response = await fetch(`${api}/uploads`, { method: 'POST', headers, body });
  if (!response.ok) throw unavailable('The request for an upload', response.status);
  return (await response.json()) as Place;
};

const putForm = async ({ url, fields }: Place, key: string, body: Blob): Promise<void> => {
  const form = new FormData();
  for (const [name, value] of Object.entries({ ...fields, key })) form.append(name, value);
  // S3 ignores whatever follows the file.
  form.append('file', body);
  const response = await fetch(url, { method: 'POST', body: form });
  if (!response.ok) throw unavailable(`The upload of ${key}`, response.status);
};

/** Uploads as {@link uploadToInbox} does, with nothing but the HTTP API; returns the runId. Error: UPLOAD_FAILED. */
export const uploadByForm = async (
  connection: Connection,
  { collection, source, createdAt, files }: Pick<Upload, 'collection' | 'source' | 'createdAt' | 'files'>,
): Promise<string> => {
  const place = await askForPlace(connection, collection);
  await mapLimit(files, CONCURRENT, async ({ file, entry }) =>
    putForm(place, place.prefix + entry.path, await openAsBlob(file)),
  );
  const { uploadId } = place;
  const entries = files.map(({ entry }) => entry);
  const document = { collection, uploadId, source, createdAt, files: entries };
  const manifest = Buffer.from(JSON.stringify(assertProduced(uploadManifestV1, document)));
  await putForm(place, place.manifestKey, new Blob([manifest]));
  return uploadRunIdOf({ collection, source, manifest });
};
