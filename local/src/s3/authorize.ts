import { evaluatePolicy } from './policy.ts';
import type { BucketRecord } from './records.ts';
import type { S3Context } from './s3-context.ts';
import { S3Error } from './s3-error.ts';
import type { S3Request } from './s3-request.ts';

/** The parts of a multipart upload are written with s3:PutObject, but make no object. */
const createsObject = ({ query }: S3Request): boolean => !query.has('uploads') && !query.has('partNumber');

const QUERY_KEYS: Record<string, string> = {
  's3:prefix': 'prefix',
  's3:delimiter': 'delimiter',
  's3:max-keys': 'max-keys',
  's3:versionid': 'versionId',
};

const conditionKey =
  (request: S3Request, action: string) =>
  (name: string): string | undefined | null => {
    if (name === 's3:objectcreationoperation')
      return action === 's3:PutObject' ? String(createsObject(request)) : undefined;
    // the loopback interface needs no TLS, and the usual "deny plain HTTP" must not close the bucket
    if (name === 'aws:securetransport') return 'true';
    if (name === 'aws:sourceip') return request.sourceIp;
    const parameter = QUERY_KEYS[name];
    if (parameter !== undefined) return request.query.get(parameter) ?? undefined;
    return /^s3:(?:if-(?:none-)?match|x-amz-.+)$/.test(name) ? request.headers[name.slice(3)] : null;
  };

const denied = (context: S3Context, action: string, resource: string): S3Error =>
  new S3Error('AccessDenied', {
    message: `User: arn:aws:iam::${context.accountId}:root is not authorized to perform: ${action} on resource: "${resource}" with an explicit deny in a resource-based policy`,
  });

/**
 * Whoever signs a request is taken to be the root user of the account: only an explicit deny of the bucket policy
 * stops them. Who does not sign needs an explicit allow.
 */
export const authorize = (
  context: S3Context,
  bucket: BucketRecord | undefined,
  { request, action }: { request: S3Request; action: string },
): void => {
  const resource = `arn:aws:s3:::${request.bucket}${request.key === '' ? '' : `/${request.key}`}`;
  const policy = bucket?.configurations['policy'];
  const verdict =
    policy === undefined
      ? 'silent'
      : evaluatePolicy(policy, {
          action,
          resource,
          accountId: context.accountId,
          anonymous: request.anonymous,
          conditionKey: conditionKey(request, action),
        });
  if (verdict === 'deny') throw denied(context, action, resource);
  if (verdict === 'silent' && request.anonymous) throw new S3Error('AccessDenied');
};
