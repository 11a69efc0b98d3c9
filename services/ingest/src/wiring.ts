import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { guardedFetch, openConnector } from '@alluvium/connectors';
import {
  documentClient,
  idempotencyStore,
  liveBus,
  liveObjects,
  liveRuntime,
  requiredEnv,
  s3Client,
} from '@alluvium/lambda-kit';
import { SSMClient } from '@aws-sdk/client-ssm';
import { leases, leaseTable, systemClock } from '@alluvium/vector-store';
import { dynamoDbCheckpoints } from './adapters/checkpoints-dynamodb.ts';
import { dynamoDbControls } from './adapters/controls-dynamodb.ts';
import { dynamoDbGenerations } from './adapters/generations-dynamodb.ts';
import { inboxFiles } from './adapters/inbox-files.ts';
import { s3Inbox } from './adapters/inbox-s3.ts';
import { dynamoDbRuns } from './adapters/runs-dynamodb.ts';
import { namedSecrets } from './adapters/secrets.ts';
import { s3SourceDocuments } from './adapters/source-documents-s3.ts';
import type {
  DeriveDeps,
  ForgetDeps,
  HoldDeps,
  HttpDeps,
  Inbox,
  IngestDeps,
  SettleDeps,
  StartDeps,
} from './ports.ts';

/** A start takes well under a second; one that crashed must not keep the others waiting for long. */
const LEASE_MS = 10_000;

const liveConnect = (inbox: Inbox): IngestDeps['connect'] => {
  let client: SSMClient | undefined;
  const secrets = namedSecrets(process.env, {
    client: () => (client ??= new SSMClient({})),
    prefix: process.env['SECRETS_PREFIX'] ?? '',
  });
  const clock = { nowMs: () => Date.now(), pause };
  return (source) => {
    const http = guardedFetch({ allowedHosts: source.allowedHosts ?? [] });
    return openConnector(source, { http, clock, secrets, files: inboxFiles(inbox, source.collection) });
  };
};

const liveTable = () => ({ client: documentClient(), tableName: requiredEnv('TABLE_NAME') });

/** Live adapters of what reads no source: no connector is loaded. */
export const wireDerive = (): DeriveDeps => {
  const runtime = liveRuntime();
  const checkpoints = dynamoDbCheckpoints(liveTable());
  return { runtime, bus: liveBus(runtime), objects: liveObjects(), checkpoints };
};

/** {@link wireDerive}, with the states that crawls left. */
export const wireSettle = (): SettleDeps => ({
  ...wireDerive(),
  generations: dynamoDbGenerations(liveTable()),
});

/** Live adapters of what forgets documents: the table alone. */
export const wireForget = (): ForgetDeps => ({
  runtime: liveRuntime(),
  checkpoints: dynamoDbCheckpoints(liveTable()),
  generations: dynamoDbGenerations(liveTable()),
});

const liveInbox = (): Inbox => s3Inbox({ client: s3Client(), bucket: requiredEnv('DATA_BUCKET') });

/** Live adapters for operators' work on sources. */
export const wireHold = (): HoldDeps => {
  const runtime = liveRuntime();
  const controls = dynamoDbControls(liveTable());
  const idempotency = idempotencyStore(requiredEnv('TABLE_NAME'));
  return { runtime, bus: liveBus(runtime), inbox: liveInbox(), controls, idempotency };
};

/** Live adapters, from the environment. */
export const wire = (): IngestDeps => {
  const inbox = liveInbox();
  const table = liveTable();
  return {
    ...wireSettle(),
    inbox,
    runs: dynamoDbRuns(table),
    controls: dynamoDbControls(table),
    connect: liveConnect(inbox),
    leases: leases({ table: leaseTable(table), clock: systemClock, newId: randomUUID, leaseMs: LEASE_MS }),
    pause,
  };
};

/** {@link wire}, with the documents of sources. */
export const wireHttp = (): HttpDeps => ({
  ...wire(),
  documents: s3SourceDocuments({ client: s3Client(), bucket: requiredEnv('DATA_BUCKET') }),
});

/** {@link wire}, with the memory of what was started before. */
export const wireStart = (): StartDeps => ({
  ...wire(),
  idempotency: idempotencyStore(requiredEnv('TABLE_NAME')),
});
