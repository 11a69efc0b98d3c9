import type { EventOrigin } from '@alluvium/contracts';
import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { eventBridgeClient, s3Client, sqsClient } from './clients.ts';
import { sqsDeadLetters, type DeadLetters } from './dead-letters.ts';
import { numberEnv, requiredEnv } from './environment.ts';
import { eventBus, type EventBus } from './event-bus.ts';
import { s3Objects, type Objects } from './objects.ts';
import { systemOrigin } from './origin.ts';

/** What every handler stands on. */
export interface Runtime {
  origin: EventOrigin;
  logger: Logger;
  metrics: Metrics;
  deadLetters: DeadLetters;
  /** Receives after which a queue gives a message up; as in the queue's redrive policy. */
  maxReceiveCount: number;
}

/** The runtime of the deployed function, from its environment. */
export const liveRuntime = (): Runtime => {
  const service = requiredEnv('POWERTOOLS_SERVICE_NAME');
  const queueUrl = requiredEnv('DEAD_LETTER_QUEUE_URL');
  return {
    origin: systemOrigin(service, requiredEnv('SERVICE_VERSION')),
    logger: new Logger({ serviceName: service }),
    metrics: new Metrics({ namespace: 'Alluvium', serviceName: service }),
    deadLetters: sqsDeadLetters({ client: sqsClient(), queueUrl }),
    maxReceiveCount: numberEnv('MAX_RECEIVE_COUNT', 5),
  };
};

/** The bus of this installation. */
export const liveBus = ({ origin }: Runtime): EventBus =>
  eventBus({ client: eventBridgeClient(), busName: requiredEnv('EVENT_BUS_NAME'), origin });

/** The data bucket of this installation. */
export const liveObjects = (): Objects =>
  s3Objects({ client: s3Client(), bucket: requiredEnv('DATA_BUCKET') });
