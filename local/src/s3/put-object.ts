import { getCurrent } from './catalog.ts';
import { receiveBody, type ReceivedBody } from './body.ts';
import { commitOrDiscard } from './commit.ts';
import { checkWriteConditions } from './conditions.ts';
import { storedHeaders, uploadHeaders } from './object-headers.ts';
import type { ObjectDraft } from './records.ts';
import { requireBucket, type Operation } from './s3-context.ts';
import type { S3Request } from './s3-request.ts';
import { tagsOfHeader } from './tags.ts';

/** The draft of an object that consists of one received body. */
export const draftOf = (
  body: ReceivedBody,
  { headers, tags }: Pick<ObjectDraft, 'headers' | 'tags'>,
): ObjectDraft => ({
  sizeBytes: body.sizeBytes,
  etag: body.etag,
  slices: [{ blob: body.blob, sizeBytes: body.sizeBytes }],
  multipart: false,
  headers,
  tags,
  checksum: { algorithm: body.algorithm, type: 'FULL_OBJECT', value: body.checksums[body.algorithm] ?? '' },
});

/** What can be refused before the body is read: the same checks are made again when it commits. */
const refuseEarly = async (context: Parameters<Operation>[0], request: S3Request): Promise<void> => {
  const { 'if-match': ifMatch, 'if-none-match': ifNoneMatch } = request.headers;
  if (ifMatch === undefined && ifNoneMatch === undefined) return;
  checkWriteConditions(
    await getCurrent(context.store, request.bucket, request.key),
    request.headers,
    request.key,
  );
};

export const putObject: Operation = async (context, request) => {
  await requireBucket(context, request.bucket);
  const headers = storedHeaders(request.headers);
  const tags = tagsOfHeader(request.headers['x-amz-tagging']);
  await refuseEarly(context, request);
  const body = await receiveBody(context.blobs, request);
  const draft = draftOf(body, { headers, tags });
  const { bucket, version } = await commitOrDiscard(context, request, { draft, reason: 'PutObject' });
  return { status: 200, headers: uploadHeaders(bucket, version) };
};
