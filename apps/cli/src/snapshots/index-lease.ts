import { randomUUID } from 'node:crypto';
import { DynamoDBClient, paginateListTables } from '@aws-sdk/client-dynamodb';
import type { Leases, LeaseItem } from '@alluvium/vector-store';
import { CliError, exitCodes } from '../cli-error.ts';
import { minute } from '../output.ts';

// As CloudFormation names it, and as a laptop does.
const TABLE = /^alluvium-compactor-.+-compactor(?:-|$)/i;

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
