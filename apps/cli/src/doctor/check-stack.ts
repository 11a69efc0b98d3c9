import { collectionsV1, type IndexV1 } from '@alluvium/contracts';
import { getJson } from '../api-client.ts';
import { useAws, type Connection } from '../connection.ts';
import { listQueues } from '../dlq/dead-letter-queues.ts';
import { holderText, openLeases } from '../snapshots/index-lease.ts';
import { guarded, ok, unknown, wrong, type Finding } from './finding.ts';

const checkQueues = async (): Promise<Finding[]> => {
  const { SQSClient } = await import('@aws-sdk/client-sqs');
  const queues = await listQueues(new SQSClient({}));
  const full = queues.filter(({ messages, inFlight }) => messages + inFlight > 0);
  if (full.length === 0) return [ok('dead-letters', `${queues.length} dead-letter queues are empty`)];
  return full.map(({ service, messages }) =>
    wrong(
      ...(['dead-letters', `${messages} dead letters of ${service}.`] as const),
      'The runs that they belong to stay unfinished.',
      `Read why, mend it, then: alluvium dlq show ${service}; alluvium dlq redrive ${service}`,
    ),
  );
};

const checkLock = async (collection: string, path: string): Promise<Finding> => {
  const { indexLeaseKey } = await import('@alluvium/vector-store');
  const leases = await openLeases();
  const item = await leases.read(indexLeaseKey(path));
  const isStuck = item?.state === 'HELD' && item.expiresAtMs < Date.now();
  if (!isStuck) return ok('lock', `The lock of ${collection} is not stuck`);
  return wrong(
    ...(['lock', `${holderText(item)}.`] as const),
    `Its time has passed: nothing settles in ${collection} until another compactor takes it.`,
    `Wait five minutes; then: alluvium lock break -c ${collection}`,
  );
};

const checkHead = async (collection: string, path: string, bucket: string): Promise<Finding> => {
  const { s3Client } = await import('@alluvium/lambda-kit');
  const { openSnapshot, readHead, s3ObjectStore } = await import('@alluvium/vector-store');
  const store = s3ObjectStore({ client: s3Client(), bucket });
  const head = await readHead(store, path);
  // Opening checks the manifest against the digest in HEAD.
  if (head !== undefined && (await openSnapshot(store, path)) !== undefined)
    return ok('index', `HEAD and manifest of ${collection} agree, version ${head.head.version}`);
  return wrong(
    ...(['index', `The index of ${collection} has no snapshot at ${path}.`] as const),
    'The collection says that it answers, and it cannot.',
    `alluvium snapshots ls -c ${collection}; alluvium snapshots rollback <version>`,
  );
};

const checkCollection = async (
  { collection, active }: { collection: string; active?: IndexV1 },
  { bucket }: Connection,
): Promise<Finding[]> => {
  if (active === undefined)
    return [
      unknown('model', `${collection} has no index yet`, `Fill it: alluvium ingest <path> -c ${collection}`),
    ];
  if (bucket === '')
    return [unknown('index', `The bucket of ${collection} is not known`, 'ALLUVIUM_BUCKET=…')];
  const { path } = active;
  const head = await guarded('index', async () => [await checkHead(collection, path, bucket)]);
  const lock = await guarded('lock', async () => [await checkLock(collection, path)]);
  return [...head, ...lock];
};

/** Does the stack answer, and is what it keeps sound? */
export const checkStack = (connection: Connection): Promise<Finding[]> =>
  guarded('api', async () => {
    const { collections } = await getJson(connection, 'collections', collectionsV1);
    const findings = [ok('api', `${connection.api} answers, ${collections.length} collections`)];
    useAws(connection);
    const isOurs = Object.keys(connection.awsEndpoints).length > 0 || connection.bucket !== '';
    if (isOurs) findings.push(...(await guarded('dead-letters', checkQueues)));
    for (const entry of collections) findings.push(...(await checkCollection(entry, connection)));
    return findings;
  });
