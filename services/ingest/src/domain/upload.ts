import { PipelineError, type UploadManifestV1 } from '@alluvium/contracts';
import { isPlainPath } from './inbox-keys.ts';

/** Greatest manifest of an upload in bytes: 100,000 files with titles and attributes. */
export const MAX_MANIFEST_BYTES = 64 * 1024 * 1024;

const refuse = (upload: UploadManifestV1, reason: string): PipelineError =>
  new PipelineError(`The upload ${upload.collection}/${upload.uploadId} is refused: ${reason}`, {
    code: 'UPLOAD_INVALID',
    kind: 'invalid',
    details: { collection: upload.collection, uploadId: upload.uploadId },
  });

/** Refuses a manifest that names another place than the one it lies in, or paths that are no plain paths. */
export const assertUpload = (
  upload: UploadManifestV1,
  expected: { collection: string; uploadId?: string },
): UploadManifestV1 => {
  const { collection, uploadId = upload.uploadId } = expected;
  if (upload.collection !== collection || upload.uploadId !== uploadId) {
    throw refuse(upload, `it was expected to be ${collection}/${uploadId}`);
  }
  const seen = new Set<string>();
  for (const { path } of upload.files) {
    if (!isPlainPath(path)) throw refuse(upload, `${JSON.stringify(path)} is not a plain relative path`);
    // The path is the identity of the document: two of them would overwrite each other.
    if (seen.has(path)) throw refuse(upload, `${path} is listed twice`);
    seen.add(path);
  }
  return upload;
};
