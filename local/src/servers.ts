import { PipelineError } from '@alluvium/contracts';
import path from 'node:path';
import { openTogether, type Closing } from './closing.ts';
import type { Clock } from './common/clock.ts';
import { startDynamoDb } from './dynamodb/dynamodb-server.ts';
import type { TargetPorts } from './events/event-router.ts';
import { startEventBridge, type BusService } from './events/events-server.ts';
import type { ServiceEndpoints } from './lambda/environment-variables.ts';
import { startS3, type S3Notification } from './s3/s3-server.ts';
import type { QueueService } from './sqs/queue-service.ts';
import { startSqs } from './sqs/sqs-server.ts';

export interface ServersOptions {
  /** Keeps everything in `s3/`, `sqs/`, `events/` and `dynamodb/` below; in memory when absent. */
  directory?: string | undefined;
  /** 0 or absent picks a free one. */
  ports?: Partial<Record<keyof ServiceEndpoints, number>> | undefined;
  clock?: Clock | undefined;
  /** Where rules deliver; functions are unknown and queues are the servers' own when absent. */
  targets?: Partial<TargetPorts> | undefined;
  /** Default eu-west-1. */
  region?: string | undefined;
  /** Default 000000000000. */
  accountId?: string | undefined;
}

/** S3, SQS, DynamoDB and EventBridge, running. */
export interface Servers {
  /** `http://127.0.0.1:<port>`, for AWS_ENDPOINT_URL_S3 and so on. */
  endpoints: ServiceEndpoints;
  queues: QueueService;
  bus: BusService;
  close(): Promise<void>;
}

const unknownFunction = (functionArn: string): Promise<void> =>
  Promise.reject(
    new PipelineError(`Function not found: ${functionArn}`, {
      code: 'LAMBDA_FUNCTION_UNKNOWN',
      kind: 'invalid',
      details: { functionArn },
    }),
  );

type Shared = { port: number; region: string; accountId: string; directory?: string; clock?: Clock };

const sharedOptions =
  ({ directory, ports = {}, clock, region = 'eu-west-1', accountId = '000000000000' }: ServersOptions) =>
  (name: keyof ServiceEndpoints, folder: string): Shared => ({
    port: ports[name] ?? 0,
    region,
    accountId,
    ...(clock === undefined ? {} : { clock }),
    ...(directory === undefined ? {} : { directory: path.join(directory, folder) }),
  });

const openServers = async (options: ServersOptions, closing: Closing): Promise<Servers> => {
  const shared = sharedOptions(options);
  const sqs = closing.add(await startSqs(shared('sqs', 'sqs')));
  const sendMessage: TargetPorts['sendMessage'] = async (queueArn, body, message) => {
    await sqs.queues.send(queueArn, body, message);
  };
  const targets = { invokeLambda: unknownFunction, sendMessage, ...options.targets };
  const events = closing.add(await startEventBridge({ ...shared('eventbridge', 'events'), targets }));
  const onEvent = (event: S3Notification) => events.bus.putAwsEvent(event);
  const s3 = closing.add(await startS3({ ...shared('s3', 's3'), onEvent }));
  const dynamodb = closing.add(await startDynamoDb(shared('dynamodb', 'dynamodb')));
  return {
    endpoints: {
      s3: s3.endpoint,
      sqs: sqs.endpoint,
      dynamodb: dynamodb.endpoint,
      eventbridge: events.endpoint,
    },
    queues: sqs.queues,
    bus: events.bus,
    close: () => closing.closeAll(),
  };
};

/** Starts the four servers on 127.0.0.1; events of buckets arrive on the default bus. */
export const startServers = (options: ServersOptions = {}): Promise<Servers> =>
  openTogether((closing) => openServers(options, closing));
