import {
  CONFIGURATION_NAMES,
  deleteConfiguration,
  getConfiguration,
  getPolicy,
  getVersioning,
  putConfiguration,
  putPolicy,
  putVersioning,
} from './bucket-configuration.ts';
import {
  createBucket,
  deleteBucket,
  getBucketAcl,
  getLocation,
  headBucket,
  listBuckets,
  putAcl,
} from './bucket-operations.ts';
import { completeUpload } from './complete-upload.ts';
import { copyObject } from './copy.ts';
import { deleteObject, deleteObjects } from './delete-object.ts';
import { getObject } from './get-object.ts';
import { listParts, listUploads } from './list-multipart.ts';
import { listObjectsV1, listObjectsV2, listObjectVersions } from './list-operations.ts';
import { abortUpload, createUpload, uploadPart, uploadPartCopy } from './multipart.ts';
import { deleteTagging, getAttributes, getObjectAcl, getTagging, putTagging } from './object-metadata.ts';
import { postObject } from './post-object.ts';
import { putObject } from './put-object.ts';
import type { Operation } from './s3-context.ts';
import { S3Error } from './s3-error.ts';
import type { S3Request } from './s3-request.ts';

export interface Route {
  operation: Operation;
  /** What a bucket policy calls it; absent where the operation asks the policy itself, or no policy may refuse it. */
  action?: string;
}

type Routes = Record<string, Route>;

const route = (operation: Operation, action?: string): Route =>
  action === undefined ? { operation } : { operation, action: `s3:${action}` };

/** Method, and the query parameter that selects a subresource. */
const OBJECT_ROUTES: Routes = {
  GET: route(getObject, 'GetObject'),
  HEAD: route(getObject, 'GetObject'),
  PUT: route(putObject, 'PutObject'),
  DELETE: route(deleteObject, 'DeleteObject'),
  'PUT copy': route(copyObject, 'PutObject'),
  'GET tagging': route(getTagging, 'GetObjectTagging'),
  'PUT tagging': route(putTagging, 'PutObjectTagging'),
  'DELETE tagging': route(deleteTagging, 'DeleteObjectTagging'),
  'GET attributes': route(getAttributes, 'GetObjectAttributes'),
  'GET acl': route(getObjectAcl, 'GetObjectAcl'),
  'PUT acl': route(putAcl, 'PutObjectAcl'),
  'POST uploads': route(createUpload, 'PutObject'),
  'PUT uploadId': route(uploadPart, 'PutObject'),
  'PUT uploadId copy': route(uploadPartCopy, 'PutObject'),
  'GET uploadId': route(listParts, 'ListMultipartUploadParts'),
  'POST uploadId': route(completeUpload, 'PutObject'),
  'DELETE uploadId': route(abortUpload, 'AbortMultipartUpload'),
};

const BUCKET_ROUTES: Routes = {
  GET: route(listObjectsV1, 'ListBucket'),
  'GET list-type': route(listObjectsV2, 'ListBucket'),
  'GET versions': route(listObjectVersions, 'ListBucketVersions'),
  'GET uploads': route(listUploads, 'ListBucketMultipartUploads'),
  HEAD: route(headBucket, 'ListBucket'),
  PUT: route(createBucket),
  DELETE: route(deleteBucket, 'DeleteBucket'),
  'POST delete': route(deleteObjects),
  POST: route(postObject),
  'GET location': route(getLocation, 'GetBucketLocation'),
  'GET versioning': route(getVersioning, 'GetBucketVersioning'),
  'PUT versioning': route(putVersioning, 'PutBucketVersioning'),
  'GET acl': route(getBucketAcl, 'GetBucketAcl'),
  'PUT acl': route(putAcl, 'PutBucketAcl'),
  // the owner can always get rid of a policy that locks everybody out
  'GET policy': route(getPolicy),
  'PUT policy': route(putPolicy),
  'DELETE policy': route(deleteConfiguration('policy')),
  ...Object.fromEntries(
    CONFIGURATION_NAMES.flatMap((name) => [
      [`GET ${name}`, route(getConfiguration(name), `GetBucket:${name}`)],
      [`PUT ${name}`, route(putConfiguration(name), `PutBucket:${name}`)],
      [`DELETE ${name}`, route(deleteConfiguration(name), `PutBucket:${name}`)],
    ]),
  ),
};

/** Subresources that AWS has and this server has not. */
const UNSUPPORTED = [
  'analytics',
  'intelligent-tiering',
  'inventory',
  'legal-hold',
  'metadataConfiguration',
  'metrics',
  'policyStatus',
  'renameObject',
  'restore',
  'retention',
  'select',
  'torrent',
];

const SUBRESOURCES = {
  object: ['uploadId', 'uploads', 'tagging', 'attributes', 'acl'],
  bucket: [
    'versions',
    'uploads',
    'delete',
    'location',
    'versioning',
    'acl',
    'policy',
    ...CONFIGURATION_NAMES,
    'list-type',
  ],
};

const notImplemented = (): S3Error => new S3Error('NotImplemented');

const checkSupported = ({ query }: S3Request): void => {
  if (UNSUPPORTED.some((name) => query.has(name))) throw notImplemented();
};

/** Finds the operation that a request asks for. */
export const findRoute = (request: S3Request): Route => {
  const { method, bucket, key, query, headers } = request;
  if (bucket === '') {
    if (method !== 'GET') throw new S3Error('MethodNotAllowed');
    return route(listBuckets, 'ListAllMyBuckets');
  }
  checkSupported(request);
  const [routes, subresources] =
    key === '' ? [BUCKET_ROUTES, SUBRESOURCES.bucket] : [OBJECT_ROUTES, SUBRESOURCES.object];
  const subresource = subresources.find((name) => query.has(name));
  const isCopy = key !== '' && method === 'PUT' && headers['x-amz-copy-source'] !== undefined;
  const copies = isCopy && (subresource === undefined || subresource === 'uploadId');
  const name = [method, subresource, copies ? 'copy' : undefined].filter(Boolean).join(' ');
  const found = routes[name];
  if (found === undefined) throw new S3Error('MethodNotAllowed', { details: { Method: method } });
  return found;
};
