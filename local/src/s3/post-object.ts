import { Readable } from 'node:stream';
import { findCredentials } from './authenticate.ts';
import { authorize } from './authorize.ts';
import { receiveBody } from './body.ts';
import { commitOrDiscard } from './commit.ts';
import { readForm, type PostedForm } from './form-data.ts';
import { quoted, storedHeaders, uploadHeaders } from './object-headers.ts';
import { checkPostPolicy, type LengthRange } from './post-policy.ts';
import { draftOf } from './put-object.ts';
import { requireBucket, type Operation, type S3Context } from './s3-context.ts';
import { S3Error } from './s3-error.ts';
import type { S3Request, S3Response } from './s3-request.ts';
import { isSameSignature, parseScope, sign } from './sigv4.ts';
import { parseObjectTags } from './tags.ts';
import { leaf, xmlDocument } from './xml.ts';

/** Proves that the holder of the credentials allowed this form; without a policy the sender is anonymous. */
const checkForm = (context: S3Context, fields: Map<string, string>): LengthRange | undefined => {
  const policy = fields.get('policy');
  if (policy === undefined) return undefined;
  const scope = parseScope(fields.get('x-amz-credential') ?? '');
  if (scope === undefined)
    throw new S3Error('InvalidArgument', {
      message:
        "Bucket POST must contain a field named 'X-Amz-Credential'.  If it is specified, please check the order of the fields.",
    });
  const { secretAccessKey } = findCredentials(context, scope.accessKeyId);
  if (!isSameSignature(fields.get('x-amz-signature') ?? '', sign(secretAccessKey, scope, policy)))
    throw new S3Error('SignatureDoesNotMatch', { details: { AWSAccessKeyId: scope.accessKeyId } });
  return checkPostPolicy(policy, fields, context.clock.nowMs());
};

const keyOf = ({ fields, filename }: PostedForm): string => {
  const key = fields.get('key');
  if (key === undefined || key === '')
    throw new S3Error('InvalidArgument', {
      message:
        "Bucket POST must contain a field named 'key'.  If it is specified, please check the order of the fields.",
    });
  const resolved = key.replaceAll('${filename}', filename);
  if (Buffer.byteLength(resolved) > 1024) throw new S3Error('KeyTooLongError');
  return resolved;
};

const checkLength = (sizeBytes: number, { minBytes, maxBytes }: LengthRange): void => {
  if (sizeBytes < minBytes)
    throw new S3Error('EntityTooSmall', {
      details: { ProposedSize: String(sizeBytes), MinSizeAllowed: String(minBytes) },
    });
  if (sizeBytes > maxBytes)
    throw new S3Error('EntityTooLarge', {
      details: { ProposedSize: String(sizeBytes), MaxSizeAllowed: String(maxBytes) },
    });
};

/** Stops reading into the file as soon as it is too large. */
const limited = async function* (file: AsyncIterable<Buffer>, range: LengthRange): AsyncGenerator<Buffer> {
  let size = 0;
  for await (const chunk of file) {
    size += chunk.length;
    checkLength(Math.max(size, range.minBytes), range);
    yield chunk;
  }
  checkLength(size, range);
};

const redirectOf = (fields: Map<string, string>, request: S3Request, etag: string): string | undefined => {
  const target = fields.get('success_action_redirect') ?? fields.get('redirect');
  if (target === undefined || !URL.canParse(target)) return undefined;
  const url = new URL(target);
  url.searchParams.set('bucket', request.bucket);
  url.searchParams.set('key', request.key);
  url.searchParams.set('etag', quoted(etag));
  return url.href;
};

const answer = (
  fields: Map<string, string>,
  request: S3Request,
  { headers, etag, location }: { headers: Record<string, string>; etag: string; location: string },
): S3Response => {
  const redirect = redirectOf(fields, request, etag);
  if (redirect !== undefined) return { status: 303, headers: { ...headers, location: redirect } };
  const status = fields.get('success_action_status');
  if (status === '200') return { status: 200, headers: { ...headers, location } };
  if (status !== '201') return { status: 204, headers: { ...headers, location } };
  const body = xmlDocument(
    'PostResponse',
    leaf('Location', location),
    leaf('Bucket', request.bucket),
    leaf('Key', request.key),
    leaf('ETag', quoted(etag)),
  );
  return { status: 201, headers: { ...headers, location, 'content-type': 'application/xml' }, body };
};

/** A file posted by a browser form, under a signed policy. */
export const postObject: Operation = async (context, request) => {
  const record = await requireBucket(context, request.bucket);
  const form = await readForm(request.body, request.headers['content-type'] ?? '');
  const fields = new Map(form.fields).set('bucket', request.bucket);
  const key = keyOf(form);
  const range = checkForm(context, fields.set('key', key));
  const headers = Object.fromEntries(fields);
  const posted: S3Request = { ...request, key, headers, anonymous: range === undefined };
  authorize(context, record, { request: posted, action: 's3:PutObject' });
  const tagging = fields.get('tagging');
  const tags = tagging === undefined ? [] : parseObjectTags(tagging);
  const file = Readable.from(limited(form.file, range ?? { minBytes: 0, maxBytes: Number.MAX_SAFE_INTEGER }));
  const body = await receiveBody(context.blobs, { headers: {}, body: file });
  const draft = draftOf(body, { headers: storedHeaders(headers), tags });
  const { bucket, version } = await commitOrDiscard(context, posted, { draft, reason: 'POST Object' });
  const location = `${context.endpoint()}/${request.bucket}/${key.split('/').map(encodeURIComponent).join('/')}`;
  return answer(fields, posted, { headers: uploadHeaders(bucket, version), etag: version.etag, location });
};
