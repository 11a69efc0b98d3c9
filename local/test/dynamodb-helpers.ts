import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Clock } from '../src/common/clock.ts';
import { startDynamoDb, type DynamoDbOptions } from '../src/dynamodb/dynamodb-server.ts';

export const makeClient = (endpoint: string): DynamoDBClient =>
  new DynamoDBClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  });

export const connectLocal = async (
  options: DynamoDbOptions = {},
): Promise<{ client: DynamoDBClient; close: () => Promise<void> }> => {
  const server = await startDynamoDb(options);
  const client = makeClient(server.endpoint);
  return {
    client,
    close: async () => {
      client.destroy();
      await server.close();
    },
  };
};

/** A clock that stands still until it is moved. */
export const makeStillClock = (startMs: number): Clock & { advance(byMs: number): void } => {
  let nowMs = startMs;
  let waiting: { atMs: number; callback: () => void }[] = [];
  return {
    nowMs: () => nowMs,
    after: (delayMs, callback) => {
      const timer = { atMs: nowMs + delayMs, callback };
      waiting.push(timer);
      return () => {
        waiting = waiting.filter((one) => one !== timer);
      };
    },
    advance: (byMs) => {
      nowMs += byMs;
      const due = waiting.filter(({ atMs }) => atMs <= nowMs);
      waiting = waiting.filter(({ atMs }) => atMs > nowMs);
      for (const { callback } of due) callback();
    },
  };
};
