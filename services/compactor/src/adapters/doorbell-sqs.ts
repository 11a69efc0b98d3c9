import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { Doorbell } from '../ports.ts';

/** Doorbells as messages of a queue. */
export const sqsDoorbell = (options: { client: Pick<SQSClient, 'send'>; queueUrl: string }): Doorbell => ({
  ring: async ({ collection, indexPath }, delaySeconds) => {
    await options.client.send(
      new SendMessageCommand({
        QueueUrl: options.queueUrl,
        MessageBody: JSON.stringify({ collection, indexPath }),
        DelaySeconds: delaySeconds,
      }),
    );
  },
});
