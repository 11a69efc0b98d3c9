import { makeEvent, compactionRequestedV1 } from '@alluvium/contracts';
import { ListQueuesCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';

const origin = {
  producer: 'orchestrator@0.1.0',
  nowMs: () => Date.now(),
  newEventId: () => '01JD3Z5Q6V8X9Y0ZABCDEFGHJK',
  newTraceId: () => '4bf92f3577b34da6a3ce929d0e0e4736',
};

/** Lays what Lambda leaves of a call that failed into the dead letters of the compactor. */
export const leaveDeadLetter = async (endpoint: string, requestId: string): Promise<void> => {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const sqs = new SQSClient({ region: 'eu-west-1', endpoint, credentials });
  const { QueueUrls = [] } = await sqs.send(new ListQueuesCommand({ QueueNamePrefix: 'alluvium-compactor' }));
  const QueueUrl = QueueUrls.find((url) => /dead-letters/i.test(url));
  const { source, detailType, detail } = makeEvent(
    compactionRequestedV1,
    { collection: 'docs', requestId },
    { correlationId: requestId },
    origin,
  );
  const MessageBody = JSON.stringify({
    requestContext: { condition: 'RetriesExhausted' },
    requestPayload: { source, 'detail-type': detailType, detail },
    responsePayload: { errorType: 'LEASE_LOST', errorMessage: 'Somebody else took the lock' },
  });
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }));
  sqs.destroy();
};
