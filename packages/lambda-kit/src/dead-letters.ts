import { isPipelineError } from '@alluvium/contracts';
import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';

/** Where an event goes that will never succeed. */
export interface DeadLetters {
  /** Keeps the event with the reason in its message attributes, and the ARN of the queue it came from if it came from one. */
  send(event: unknown, error: unknown, originArn?: string): Promise<void>;
}

const attribute = (value: string) => ({ DataType: 'String', StringValue: value.slice(0, 1000) });

/** Dead letters in an SQS queue; the reason is in ERROR_CODE, ERROR_MESSAGE and ERROR_PATH, the queue in ORIGIN_ARN. */
export const sqsDeadLetters = (options: { client: SQSClient; queueUrl: string }): DeadLetters => ({
  send: async (event, error, originArn) => {
    const known = isPipelineError(error) ? error : undefined;
    const path = known?.details['path'];
    await options.client.send(
      new SendMessageCommand({
        QueueUrl: options.queueUrl,
        MessageBody: JSON.stringify(event),
        MessageAttributes: {
          ERROR_CODE: attribute(known?.code ?? 'INTERNAL'),
          ERROR_MESSAGE: attribute(
            error instanceof Error && error.message !== '' ? error.message : 'unknown error',
          ),
          ...(typeof path === 'string' ? { ERROR_PATH: attribute(path) } : {}),
          ...(originArn === undefined ? {} : { ORIGIN_ARN: attribute(originArn) }),
        },
      }),
    );
  },
});
