import { deltaCreatedV1, deltaV1, type IndexV1 } from '@alluvium/contracts';
import { eventBridgeClient, eventBus, s3Client, s3Objects, systemOrigin } from '@alluvium/lambda-kit';
import { encodeDelta, type Delta } from '@alluvium/vector-store';
import type { Connection } from '../connection.ts';

const keyOf = ({ collection, runId, part, deltaId }: Delta): string =>
  `embeddings/${collection}/${runId}/${part}-${deltaId}`;

/** Stores deltas and tells the compactor of each; returns their ids. */
export const sendDeltas = async (
  { bucket, eventBus: busName }: Connection,
  index: IndexV1,
  deltas: AsyncIterable<Delta>,
): Promise<string[]> => {
  const objects = s3Objects({ client: s3Client(), bucket });
  const bus = eventBus({ client: eventBridgeClient(), busName, origin: systemOrigin('cli', '0.1.0') });
  const sent: string[] = [];
  for await (const delta of deltas) {
    const { deltaId, collection, runId, attempt, part, documents } = delta;
    const pointer = await objects.writeBytes(deltaV1.name, keyOf(delta), encodeDelta(delta));
    const data = {
      ...{ deltaId, collection, runId, attempt, part, index },
      documents: documents.length,
      records: documents.reduce((sum, { chunks }) => sum + chunks.length, 0),
      delta: pointer,
    };
    await bus.publish(deltaCreatedV1, data, { correlationId: runId });
    sent.push(deltaId);
  }
  return sent;
};
