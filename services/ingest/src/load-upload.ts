import {
  PipelineError,
  sourceV1,
  uploadManifestV1,
  type IngestionSourceV1,
  type UploadManifestV1,
} from '@alluvium/contracts';
import type { Objects } from '@alluvium/lambda-kit';
import { assertUpload, MAX_MANIFEST_BYTES } from './domain/upload.ts';

/** True for a source that is one upload; any other is read by a connector. */
export const isUpload = ({ connector, manifest }: IngestionSourceV1): boolean =>
  connector === 'files' && manifest.contentSchema !== sourceV1.name;

const refuse = (code: string, message: string): PipelineError =>
  new PipelineError(message, { code, kind: 'invalid' });

/** Reads the upload that a source names; throws UPLOAD_INVALID or what reading objects throws. */
export const loadUpload = async (
  objects: Objects,
  collection: string,
  { name, manifest }: IngestionSourceV1,
): Promise<UploadManifestV1> => {
  if (manifest.bytes > MAX_MANIFEST_BYTES) {
    throw refuse(
      'UPLOAD_INVALID',
      `${manifest.key} has ${manifest.bytes} bytes: more than ${MAX_MANIFEST_BYTES}`,
    );
  }
  const upload = await objects.readDocument(uploadManifestV1, manifest);
  if (upload.source !== name) {
    throw refuse('UPLOAD_INVALID', `${manifest.key} is of the source ${upload.source}, not of ${name}`);
  }
  return assertUpload(upload, { collection });
};
