import { setTimeout as sleep } from 'node:timers/promises';
import {
  operationAcceptedV1,
  operationV1,
  type OperationArgsV1,
  type OperationV1,
} from '@alluvium/contracts';
import { getJson, postJson } from '../api-client.ts';
import { CliError, exitCodes } from '../cli-error.ts';
import { connect } from '../connection.ts';
import { say } from '../output.ts';
import type { OpenIndex } from './open-index.ts';

/** A function lives 15 minutes; it may be tried again. */
const PATIENCE_MS = 20 * 60_000;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 2_000;
const QUIET_MS = 5_000;

const CONFLICTS = new Set([
  ...['LEASE_HELD', 'LEASE_CHANGED', 'LEASE_LOST', 'FENCED', 'PUBLISH_CONFLICT'],
  ...['TAG_EXISTS', 'ERASE_INCOMPLETE'],
]);
const ABSENT = new Set([
  ...['VERSION_EXPIRED', 'VERSION_UNKNOWN', 'TAG_UNKNOWN', 'COLLECTION_NOT_FOUND', 'INDEX_MISSING'],
  'SOURCE_NOT_FOUND',
]);
const MISUSED = new Set([
  'JOB_ENDED',
  'JOB_RUNNING',
  'AS_OF_INVALID',
  'OPERATION_ARGUMENT_MISSING',
  'OPERATION_UNKNOWN',
]);

const exitCodeOf = (code: string): number => {
  if (CONFLICTS.has(code)) return exitCodes.conflict;
  if (ABSENT.has(code)) return exitCodes.notFound;
  return MISUSED.has(code) ? exitCodes.usage : exitCodes.failed;
};

const nextOf = (code: string): string | undefined => {
  if (code === 'LEASE_HELD') return 'Try again later, or look: alluvium lock show';
  if (code === 'SOURCE_NOT_FOUND') return 'See what there is: alluvium sources ls';
  return ABSENT.has(code) ? 'See what there is: alluvium snapshots ls' : undefined;
};

/** What to ask for. */
export interface Asked {
  operation: string;
  args?: OperationArgsV1;
  reason?: string;
}

const follow = async (operationId: string): Promise<OperationV1> => {
  const sinceMs = performance.now();
  let isTold = false;
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
    const found = await getJson(connect(), `operations/${operationId}`, operationV1);
    if (found.state !== 'queued') return found;
    const waitedMs = performance.now() - sinceMs;
    if (waitedMs > PATIENCE_MS)
      throw new CliError(
        `The operation ${operationId} is not done yet; it goes on without this command.`,
        exitCodes.unreachable,
      );
    if (waitedMs > QUIET_MS && !isTold) say(`Operation ${operationId} is under way.`);
    isTold ||= waitedMs > QUIET_MS;
    await sleep(pauseMs);
  }
};

/**
 * Has the stack do an operation, and waits until it ends. Errors: what the operation failed with, by the exit code of what it
 * is; unreachable, when it does not end.
 */
export const perform = async ({ operation, args = {}, reason }: Asked): Promise<OperationV1> => {
  const body = { operation, args, ...(reason !== undefined && { reason }) };
  const { operationId } = await postJson(connect(), 'operations', { body, contract: operationAcceptedV1 });
  const done = await follow(operationId);
  const { state, error } = done;
  if (state === 'done') return done;
  const { code, message } = error ?? { code: 'INTERNAL', message: 'The operation failed' };
  throw new CliError(`${message}. (${code})`, exitCodeOf(code), nextOf(code));
};

/** {@link perform}, on an index. */
export const operate = (
  { collection, path }: Pick<OpenIndex, 'collection' | 'path'>,
  { args, ...asked }: Asked,
): Promise<OperationV1> => perform({ ...asked, args: { collection, indexPath: path, ...args } });

/** What an operation reported; undefined where it had nothing to. */
export const reportOf = async (
  { store }: Pick<OpenIndex, 'store'>,
  { report }: OperationV1,
): Promise<unknown> => {
  if (report === undefined) return undefined;
  const { readObject } = await import('@alluvium/vector-store');
  const object = await readObject(store, report.key);
  return object && (JSON.parse(Buffer.from(object.body).toString('utf8')) as unknown);
};
