import {
  describeFault,
  ingestionRequestedV1,
  PipelineError,
  uploadManifestV1,
  uploadRunIdOf,
  type IngestRequestV1,
  type IngestResponseV1,
  type UploadManifestV1,
} from '@alluvium/contracts';
import type { OrchestratorDeps } from './ports.ts';
import { learn } from './track-run.ts';

const CONNECTOR = 'files';

const refuse = (code: string, message: string): PipelineError =>
  new PipelineError(message, { code, kind: 'invalid' });

const parseManifest = (key: string, bytes: Uint8Array): UploadManifestV1 => {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    throw refuse('UPLOAD_INVALID', `${key} is not valid JSON.`);
  }
  if (uploadManifestV1.open(value)) return value;
  throw refuse(
    'UPLOAD_INVALID',
    `${key} does not fit upload-manifest.v1: ${describeFault(uploadManifestV1.open.errors)}.`,
  );
};

const readManifest = async (
  { objects }: Pick<OrchestratorDeps, 'objects'>,
  { collection, uploadId }: IngestRequestV1,
) => {
  const key = `inbox/${collection}/${uploadId}/_upload.json`;
  const bytes = await objects.find(key);
  if (bytes === undefined) {
    throw refuse(
      'UPLOAD_NOT_FOUND',
      `There is no upload "${uploadId}" for the collection "${collection}": put its files and then ${key}.`,
    );
  }
  const manifest = parseManifest(key, bytes);
  if (manifest.collection !== collection || manifest.uploadId !== uploadId) {
    throw refuse(
      'UPLOAD_INVALID',
      `${key} says that it is the upload "${manifest.uploadId}" for "${manifest.collection}".`,
    );
  }
  return { source: manifest.source, bytes, pointer: objects.pointTo(uploadManifestV1.name, key, bytes) };
};

/**
 * Requests the run over an upload that lies in the inbox; the same upload is the same run.
 * Errors: UPLOAD_NOT_FOUND, UPLOAD_INVALID.
 */
export const startIngest = async (
  deps: OrchestratorDeps,
  request: IngestRequestV1,
): Promise<IngestResponseV1> => {
  const { collection } = request;
  const { source, bytes, pointer } = await readManifest(deps, request);
  const runId = uploadRunIdOf({ collection, source, manifest: bytes });
  const data = { collection, source: { name: source, connector: CONNECTOR, manifest: pointer } };
  await deps.bus.publish(ingestionRequestedV1, data, { correlationId: runId });
  await learn(deps, { runId, attempt: 1, collection }, { source, reads: data.source });
  return { jobId: runId, statusUrl: `/status/${runId}` };
};
