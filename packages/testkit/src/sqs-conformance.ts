import type { SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe } from '@jest/globals';
import { messageTests } from './sqs-conformance-messages.ts';
import { queueTests } from './sqs-conformance-queues.ts';
import { redriveTests } from './sqs-conformance-redrive.ts';
import { makeScenario } from './sqs-conformance-scenario.ts';

/** An endpoint under test: a plain client, and how to let go of it. */
export interface SqsConnection {
  client: SQSClient;
  close(): Promise<void>;
}

/** What SQS promises, checked with the plain AWS SDK against any endpoint. Every test makes queues of its own. */
export const sqsConformance = (name: string, connect: () => Promise<SqsConnection>): void => {
  describe(`${name} behaves like SQS`, () => {
    let connection: SqsConnection;
    const scenario = makeScenario(() => connection.client);

    beforeAll(async () => {
      connection = await connect();
    });
    afterAll(async () => {
      await scenario.clean();
      await connection.close();
    });

    queueTests(scenario);
    messageTests(scenario);
    redriveTests(scenario);
  });
};
