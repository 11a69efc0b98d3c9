import type { UploadRequestV1, UploadResponseV1 } from '@alluvium/contracts';
import type { OrchestratorDeps } from './ports.ts';

const MAX_BYTES = 512 * 1024 * 1024;
const EXPIRES_SECONDS = 3600;

/** A new place in the inbox, and what it takes to put files there: nowhere else, none too large, for an hour. */
export const startUpload = async (
  { presigner, runtime: { origin } }: Pick<OrchestratorDeps, 'presigner' | 'runtime'>,
  { collection }: UploadRequestV1,
): Promise<UploadResponseV1> => {
  const uploadId = origin.newEventId();
  const prefix = `inbox/${collection}/${uploadId}/`;
  const limits = { maxBytes: MAX_BYTES, expiresSeconds: EXPIRES_SECONDS };
  const { url, fields } = await presigner.upload({ prefix, ...limits });
  const expiresAt = new Date(origin.nowMs() + EXPIRES_SECONDS * 1000).toISOString();
  const manifestKey = `${prefix}_upload.json`;
  return { uploadId, collection, prefix, manifestKey, url, fields, maxBytes: MAX_BYTES, expiresAt };
};
