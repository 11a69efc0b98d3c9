import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDBClient, paginateListTables } from '@aws-sdk/client-dynamodb';
import type { Acquisition, Leases, LeaseItem, PublishOptions } from '@alluvium/vector-store';
import { ulid } from 'ulid';
import { CliError, exitCodes } from '../cli-error.ts';
import { minute, say } from '../output.ts';
import type { OpenIndex } from './open-index.ts';

// As CloudFormation names it, and as a laptop does.
const TABLE = /^alluvium-compactor-.+-compactor(?:-|$)/i;
const PATIENCE_MS = 30_000;
const PAUSE_MS = 1_000;

const findTable = async (): Promise<string> => {
  const given = process.env['ALLUVIUM_COMPACTOR_TABLE'];
  if (given !== undefined) return given;
  const client = new DynamoDBClient({});
  const found: string[] = [];
  for await (const { TableNames = [] } of paginateListTables({ client }, {}))
    found.push(...TableNames.filter((name) => TABLE.test(name)));
  const [first, second] = found;
  if (first !== undefined && second === undefined) return first;
  throw new CliError(
    first === undefined ? 'No table of a compactor was found.' : `Which table? ${found.join(', ')}`,
    exitCodes.notFound,
    'Name it: ALLUVIUM_COMPACTOR_TABLE=<table>',
  );
};

/** The leases of the stack. */
export const openLeases = async (): Promise<Leases> => {
  const tableName = await findTable();
  const { documentClient } = await import('@alluvium/lambda-kit');
  const { leases, leaseTable, systemClock } = await import('@alluvium/vector-store');
  const table = leaseTable({ client: documentClient(), tableName });
  return leases({ table, clock: systemClock, newId: randomUUID });
};

/** Who holds a lease and until when, in a sentence. */
export const holderText = ({ runId, heartbeatAtMs, expiresAtMs, fence }: LeaseItem): string =>
  `${runId ?? 'A compactor'} has it with fence ${fence}, was last heard of at ` +
  `${new Date(heartbeatAtMs).toISOString()}; it ends at ${minute(new Date(expiresAtMs).toISOString())} UTC if not renewed`;

const acquire = async (leases: Leases, { path, store }: OpenIndex, runId: string): Promise<Acquisition> => {
  const { indexLeaseKey, readHead } = await import('@alluvium/vector-store');
  const untilMs = performance.now() + PATIENCE_MS;
  for (let attempt = 0; ; attempt += 1) {
    const pointerFence = (await readHead(store, path))?.head.fence ?? 0;
    const acquisition = await leases.acquire(indexLeaseKey(path), { pointerFence, runId });
    if (acquisition.kind === 'acquired' || performance.now() > untilMs) return acquisition;
    if (attempt === 0) say('Somebody is at work on the index; waiting for up to half a minute.');
    await sleep(PAUSE_MS);
  }
};

/** What a change of an index needs of its caller. */
export type Writer = Pick<
  PublishOptions,
  'store' | 'indexPath' | 'fence' | 'checkLease' | 'clock' | 'newId'
> & { store: OpenIndex['store'] };

/** Does `work` under the lease of the index. Error: conflict, when somebody else keeps it. */
export const withLease = async <T>(
  index: OpenIndex,
  name: string,
  work: (writer: Writer) => Promise<T>,
): Promise<T> => {
  const { systemClock } = await import('@alluvium/vector-store');
  const acquisition = await acquire(await openLeases(), index, `cli-${name}`);
  if (acquisition.kind === 'held')
    throw new CliError(
      `The index of "${index.collection}" is in other hands: ${holderText(acquisition.by)}.`,
      exitCodes.conflict,
      'Try again later, or look: alluvium lock show',
    );
  const { lease } = acquisition;
  const stop = lease.keepAlive();
  try {
    return await work({
      store: index.store,
      indexPath: index.path,
      fence: lease.fence,
      checkLease: () => lease.check(),
      clock: systemClock,
      newId: ulid,
    });
  } finally {
    stop();
    // It ends by itself; a failure of the work must not be hidden by this one.
    await lease.release().catch(() => false);
  }
};
