import { newBatch, type Batch } from '../../src/domain/batch.ts';
import { RUN } from '../fixtures.ts';

/** A batch that nobody has ordered yet. */
export const someBatch = (rest: Partial<Batch> = {}): Batch => ({
  ...newBatch(
    {
      ...{ batchId: 'b'.repeat(26), provider: 'openai', records: 4 },
      index: { path: 'indexes/docs/model=small@0/dims=8/', modelId: 'small@0', dims: 8 },
      data: {
        ...{ ...RUN, records: 4, documents: 1 },
        chunks: {
          bucket: 'b',
          key: 'k',
          sha256: '0'.repeat(64),
          bytes: 1,
          contentSchema: 'chunked-document.v1',
        },
      },
      metadata: {
        ...{ eventId: 'e', traceId: 't', correlationId: 'c', causationId: 'e', idempotencyKey: 'k' },
        ...{ producer: 'chunk@0.1.0', occurredAt: '2026-03-01T12:00:00.000Z' },
      },
    },
    0,
  ),
  ...rest,
});
