import { createHash } from 'node:crypto';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { remoteCall, type Weather } from './remote-call.ts';
import type { VirtualProcess } from './virtual-process.ts';

/** An object as the bucket keeps it. */
export interface KeptObject {
  body: Uint8Array;
  /** Content-derived, as S3 makes it. */
  etag: string;
  /** By the server's clock, milliseconds since the epoch. */
  modifiedMs: number;
}

/** A write that took effect. */
export interface ObjectWritten {
  key: string;
  before: Uint8Array | undefined;
  after: Uint8Array;
  writer: string;
}

/** A deletion that took effect. */
export interface ObjectDeleted {
  key: string;
  before: KeptObject;
  writer: string;
}

/** Who hears of what takes effect, at the moment when it does. */
export interface ObjectWatcher {
  written?: (write: ObjectWritten) => void;
  deleted?: (deletion: ObjectDeleted) => void;
}

/** One bucket: conditions are decided at the moment a write takes effect. */
export interface S3Server {
  readonly objects: Map<string, KeptObject>;
  /** Without time and faults: for those who look on. */
  readonly direct: S3Client;
  /** A client as `process` has it. */
  clientOf(process: VirtualProcess, weather: Weather): S3Client;
}

const httpError = (status: number, name: string): Error =>
  Object.assign(new Error(name), { name, $metadata: { httpStatusCode: status } });

// S3 also refuses a conditional write while another one of the same key is under way.
const failures = () => {
  let count = 0;
  return (refused: boolean): Error => {
    if (!refused) return Object.assign(new Error('socket hang up'), { name: 'TimeoutError' });
    count += 1;
    return count % 2 === 0 ? httpError(503, 'SlowDown') : httpError(409, 'ConditionalRequestConflict');
  };
};

const slowDown = (): Error => httpError(503, 'SlowDown');

const etagOf = (body: Uint8Array): string => `"${createHash('md5').update(body).digest('hex')}"`;

const rangeOf = (header: string | undefined, length: number): [number, number] => {
  const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(header ?? '') ?? [];
  if (first === undefined) return [0, length];
  if (Number(first) >= length) throw httpError(416, 'InvalidRange');
  return [Number(first), Math.min(Number(last) + 1, length)];
};

const getObject = (kept: KeptObject | undefined, { Range, IfNoneMatch }: GetObjectCommand['input']) => {
  if (kept === undefined) throw httpError(404, 'NoSuchKey');
  if (IfNoneMatch === kept.etag) throw httpError(304, 'NotModified');
  const [start, end] = rangeOf(Range, kept.body.length);
  const body = kept.body.slice(start, end);
  return {
    ETag: kept.etag,
    ...(Range !== undefined && { ContentRange: `bytes ${start}-${end - 1}/${kept.body.length}` }),
    Body: { transformToByteArray: () => Promise.resolve(body) },
  };
};

const assertCondition = (
  kept: KeptObject | undefined,
  { IfMatch, IfNoneMatch }: PutObjectCommand['input'],
): void => {
  if (IfNoneMatch !== undefined && kept !== undefined) throw httpError(412, 'PreconditionFailed');
  if (IfMatch === undefined) return;
  if (kept === undefined) throw httpError(404, 'NoSuchKey');
  if (kept.etag !== IfMatch) throw httpError(412, 'PreconditionFailed');
};

type S3Command = GetObjectCommand | PutObjectCommand | ListObjectsV2Command;

const isListing = (command: unknown): command is ListObjectsV2Command | ListObjectVersionsCommand =>
  command instanceof ListObjectsV2Command || command instanceof ListObjectVersionsCommand;

// The paginators of the SDK take only what looks like a client of theirs; making a real one takes a millisecond.
const clientOf = (send: (command: unknown) => Promise<unknown>): S3Client =>
  Object.assign(Object.create(S3Client.prototype) as S3Client, { send });

const listed = (objects: ReadonlyMap<string, KeptObject>, prefix: string): object[] =>
  [...objects]
    .filter(([key]) => key.startsWith(prefix))
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([key, { body, etag, modifiedMs }]) => ({
      Key: key,
      Size: body.length,
      ETag: etag,
      LastModified: new Date(modifiedMs),
    }));

// The bucket keeps one version of each object, and answers as one does on which versions were never switched on.
const list = (
  objects: ReadonlyMap<string, KeptObject>,
  command: ListObjectsV2Command | ListObjectVersionsCommand,
): object => {
  const found = listed(objects, command.input.Prefix ?? '');
  if (command instanceof ListObjectsV2Command) return { Contents: found };
  return { Versions: found.map((object) => ({ ...object, VersionId: 'null', IsLatest: true })) };
};

/** A bucket in memory; the watcher hears of everything when it takes effect. */
export const s3Server = (watcher: ObjectWatcher = {}, nowMs: () => number = () => 0): S3Server => {
  const { written = () => undefined, deleted = () => undefined } = watcher;
  const objects = new Map<string, KeptObject>();
  const putObject = (writer: string, input: PutObjectCommand['input']) => {
    const key = input.Key ?? '';
    const kept = objects.get(key);
    assertCondition(kept, input);
    const after = Uint8Array.from(input.Body as Uint8Array);
    const etag = etagOf(after);
    objects.set(key, { body: after, etag, modifiedMs: nowMs() });
    written({ key, before: kept?.body, after, writer });
    return { ETag: etag };
  };
  const deleteObject = (writer: string, key: string): object => {
    const before = objects.get(key);
    objects.delete(key);
    if (before !== undefined) deleted({ key, before, writer });
    return {};
  };
  const apply = (writer: string, command: unknown): unknown => {
    if (command instanceof GetObjectCommand)
      return getObject(objects.get(command.input.Key ?? ''), command.input);
    if (isListing(command)) return list(objects, command);
    if (command instanceof PutObjectCommand) return putObject(writer, command.input);
    if (command instanceof DeleteObjectCommand) return deleteObject(writer, command.input.Key ?? '');
    throw new Error('The simulated bucket does not know this command');
  };
  const verbOf = (command: unknown): string =>
    isListing(command)
      ? 'LIST'
      : command instanceof GetObjectCommand
        ? 'GET'
        : command instanceof PutObjectCommand
          ? 'PUT'
          : 'DELETE';
  return {
    objects,
    direct: clientOf((command) => Promise.resolve().then(() => apply('', command))),
    clientOf: (process, weather) => {
      const putFailure = failures();
      const send = (command: S3Command): Promise<unknown> => {
        const key = 'Key' in command.input ? (command.input.Key ?? '') : '*';
        const verb = verbOf(command);
        return remoteCall(process, weather, {
          label: `${verb} ${key}`,
          touches: `s3:${key}`,
          isWrite: verb === 'PUT' || verb === 'DELETE',
          apply: () => apply(process.name, command),
          failure: verb === 'PUT' ? putFailure : slowDown,
        });
      };
      return clientOf((command) => send(command as S3Command));
    },
  };
};
