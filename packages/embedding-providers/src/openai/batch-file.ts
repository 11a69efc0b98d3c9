import { PipelineError } from '@alluvium/contracts';
import type { BatchText } from '../batch-port.ts';
import { embeddingRequest, type EmbeddingModel } from './embedding-request.ts';

/** What a batch may hold, by the documentation of the API. */
export const BATCH_LIMITS = { requests: 50_000, bytes: 200_000_000 };

const tooLarge = (details: Record<string, unknown>, limits: typeof BATCH_LIMITS): PipelineError =>
  new PipelineError(
    `A batch holds ${limits.requests} texts and ${limits.bytes} bytes at most, not ${JSON.stringify(details)}`,
    { code: 'BATCH_TOO_LARGE', kind: 'invalid', details },
  );

/**
 * One JSON line a text: a part that fails is then one text. Errors: BATCH_TOO_LARGE.
 */
export const batchFile = (
  model: EmbeddingModel,
  texts: readonly BatchText[],
  limits = BATCH_LIMITS,
): Uint8Array => {
  if (texts.length > limits.requests) throw tooLarge({ requests: texts.length }, limits);
  const lines = texts.map(({ id, text }) =>
    JSON.stringify({
      ...{ custom_id: id, method: 'POST', url: '/v1/embeddings' },
      body: embeddingRequest(model, text),
    }),
  );
  const bytes = Buffer.from(`${lines.join('\n')}\n`);
  if (bytes.length > limits.bytes) throw tooLarge({ bytes: bytes.length }, limits);
  return bytes;
};
