import { systemClock, type Clock } from '../common/clock.ts';
import { openStore } from '../common/store.ts';
import { serveAwsJson } from '../common/aws-json.ts';
import { messageOperations } from './message-operations.ts';
import { QueueBroker } from './queue-broker.ts';
import { queueOperations } from './queue-operations.ts';
import { makeQueueService, type QueueService } from './queue-service.ts';

export interface SqsOptions {
  /** Where messages are kept; in memory when absent. */
  directory?: string;
  /** 0 or absent picks a free one. */
  port?: number;
  clock?: Clock;
  /** Default us-east-1. */
  region?: string;
  /** Default 000000000000. */
  accountId?: string;
}

/** A running SQS. */
export interface SqsServer {
  /** `http://127.0.0.1:<port>`, for AWS_ENDPOINT_URL_SQS. */
  endpoint: string;
  port: number;
  queues: QueueService;
  close(): Promise<void>;
}

/**
 * Starts SQS for the plain AWS SDK (JSON protocol). What is acknowledged survives kill -9 when there is a directory.
 * Two limits of AWS are left out on purpose: a deleted queue may be created again at once, and nothing is throttled.
 */
export const startSqs = async (options: SqsOptions = {}): Promise<SqsServer> => {
  const { clock = systemClock, region = 'us-east-1', accountId = '000000000000' } = options;
  const store = await openStore(options.directory);
  const broker = await QueueBroker.open({ store, clock, region, accountId });
  let endpoint = '';
  const urlOf = (name: string) => `${endpoint}/${accountId}/${name}`;
  const server = await serveAwsJson({
    version: '1.0',
    errorNamespace: 'com.amazonaws.sqs',
    operations: { ...queueOperations(broker, urlOf), ...messageOperations(broker) },
    port: options.port ?? 0,
  });
  endpoint = server.endpoint;
  return {
    endpoint,
    port: server.port,
    queues: makeQueueService(broker),
    close: async () => {
      await server.close();
      await broker.close();
    },
  };
};
