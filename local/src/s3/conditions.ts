import { S3Error } from './s3-error.ts';
import type { ObjectVersion, StoredObject } from './records.ts';

type Headers = Record<string, string>;

const failed = (condition: string): S3Error =>
  new S3Error('PreconditionFailed', { details: { Condition: condition } });

const matches = (list: string, etag: string): boolean =>
  list.split(',').some((entry) => {
    const wanted = entry.trim().replace(/^W\//, '').replace(/^"|"$/g, '');
    return wanted === '*' || wanted === etag;
  });

/** Conditional writes and deletes; call inside the lock under which the write commits. */
export const checkWriteConditions = (
  current: ObjectVersion | undefined,
  headers: Headers,
  key: string,
): void => {
  const live = current?.kind === 'object' ? current : undefined;
  const { 'if-match': ifMatch, 'if-none-match': ifNoneMatch } = headers;
  if (ifNoneMatch !== undefined) {
    if (ifNoneMatch !== '*') throw new S3Error('NotImplemented', { details: { Header: 'If-None-Match' } });
    if (live !== undefined) throw failed('If-None-Match');
  }
  if (ifMatch === undefined) return;
  if (live === undefined) throw new S3Error('NoSuchKey', { details: { Key: key } });
  if (!matches(ifMatch, live.etag)) throw failed('If-Match');
};

const toSecond = (ms: number): number => Math.floor(ms / 1000) * 1000;

const modifiedSince = (version: StoredObject, date: string): boolean =>
  !(toSecond(version.modifiedMs) <= Date.parse(date));

interface Conditions {
  match: string | undefined;
  noneMatch: string | undefined;
  modifiedSince: string | undefined;
  unmodifiedSince: string | undefined;
}

/** RFC 9110: the entity tag decides where there is one, else the date. */
const refusedBy = (version: StoredObject, wanted: Conditions): string | undefined => {
  if (wanted.match !== undefined) {
    if (!matches(wanted.match, version.etag)) return 'If-Match';
  } else if (wanted.unmodifiedSince !== undefined && modifiedSince(version, wanted.unmodifiedSince))
    // a date that cannot be read counts as absent
    return Number.isNaN(Date.parse(wanted.unmodifiedSince)) ? undefined : 'If-Unmodified-Since';
  return undefined;
};

const isUnchanged = (version: StoredObject, wanted: Conditions): boolean =>
  wanted.noneMatch === undefined
    ? wanted.modifiedSince !== undefined && !modifiedSince(version, wanted.modifiedSince)
    : matches(wanted.noneMatch, version.etag);

/** Throws 412, or says that the answer is 304. */
export const checkReadConditions = (version: StoredObject, headers: Headers): 'send' | 'not-modified' => {
  const wanted = {
    match: headers['if-match'],
    noneMatch: headers['if-none-match'],
    modifiedSince: headers['if-modified-since'],
    unmodifiedSince: headers['if-unmodified-since'],
  };
  const refused = refusedBy(version, wanted);
  if (refused !== undefined) throw failed(refused);
  return isUnchanged(version, wanted) ? 'not-modified' : 'send';
};

/** The conditions on the source of a copy; there is no 304 for a copy. */
export const checkCopyConditions = (version: StoredObject, headers: Headers): void => {
  const wanted = {
    match: headers['x-amz-copy-source-if-match'],
    noneMatch: headers['x-amz-copy-source-if-none-match'],
    modifiedSince: headers['x-amz-copy-source-if-modified-since'],
    unmodifiedSince: headers['x-amz-copy-source-if-unmodified-since'],
  };
  const refused =
    refusedBy(version, wanted) ??
    (isUnchanged(version, wanted) ? 'x-amz-copy-source-If-None-Match' : undefined);
  if (refused !== undefined) throw failed(refused);
};
