import { PipelineError, sha256Hex } from '@alluvium/contracts';
import { readManifest, wordPieceTokenizer } from '@alluvium/embedding';
import type { Objects } from '@alluvium/lambda-kit';
import type { TokenCounter } from '@alluvium/text';

/** Gives the counter of a model's tokens that is open already, or opens it. */
export type OpenTokenCounter = (modelId: string) => Promise<TokenCounter>;

const FRAME_TOKENS = 2;

const readFile = async (
  objects: Pick<Objects, 'find'>,
  modelId: string,
  file: string,
): Promise<Uint8Array> => {
  const key = `models/${modelId}/${file}`;
  const bytes = await objects.find(key);
  if (bytes !== undefined) return bytes;
  throw new PipelineError(
    `${key} is not there, and tokens cannot be counted without it: upload the model first`,
    {
      code: 'MODEL_MISSING',
      kind: 'unavailable',
      details: { modelId, key },
    },
  );
};

const readCounter = async (objects: Pick<Objects, 'find'>, modelId: string): Promise<TokenCounter> => {
  const { files } = readManifest(await readFile(objects, modelId, 'manifest.json'));
  const bytes = await readFile(objects, modelId, 'tokenizer.json');
  const expected = files['tokenizer.json']?.sha256;
  if (sha256Hex(bytes) !== expected) {
    throw new PipelineError(`tokenizer.json of ${modelId} does not have the sha256 of its manifest`, {
      code: 'MODEL_CORRUPT',
      kind: 'corrupt',
      details: { modelId, expected },
    });
  }
  const tokenizer = wordPieceTokenizer(JSON.parse(Buffer.from(bytes).toString('utf8')));
  return {
    name: modelId,
    count: (text) => tokenizer.encode(text, Number.MAX_SAFE_INTEGER).length - FRAME_TOKENS,
  };
};

/**
 * Counters from the models under `models/`; only the tokenizer is read, never the weights. A failure is not kept: the next
 * part tries again. Errors: MODEL_MISSING, MODEL_CORRUPT, MODEL_INVALID.
 */
export const tokenCounters = (objects: Pick<Objects, 'find'>): OpenTokenCounter => {
  const opening = new Map<string, Promise<TokenCounter>>();
  return (modelId) => {
    const known = opening.get(modelId);
    if (known !== undefined) return known;
    const counter = readCounter(objects, modelId).catch((error: unknown) => {
      opening.delete(modelId);
      throw error;
    });
    opening.set(modelId, counter);
    return counter;
  };
};
