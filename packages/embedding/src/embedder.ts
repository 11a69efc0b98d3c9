import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PipelineError } from '@alluvium/contracts';
import { modelStamp, type ModelManifest } from './manifest.ts';
import { verifyDirectory } from './model-files.ts';
import { requireProbe } from './probe.ts';
import { openSession, type ModelSession } from './session.ts';
import { wordPieceTokenizer, type Tokenizer } from './word-piece.ts';

/** An open model. Every vector is a fresh Float32Array(`dims`) of Euclidean length 1. */
export interface Embedder {
  readonly manifest: ModelManifest;
  /** `<id>@<12 hex>`, see modelStamp. */
  readonly stamp: string;
  readonly dims: number;
  /**
   * Vectors of texts that are searched, in the order given. A text's vector is the same bytes whatever the
   * texts beside it. Between texts the event loop is free.
   */
  embedPassages(texts: readonly string[]): Promise<Float32Array[]>;
  /** Vector of a text that searches. */
  embedQuery(text: string): Promise<Float32Array>;
  /** Frees the native session. Embedding afterwards throws EMBEDDER_CLOSED. */
  close(): Promise<void>;
}

/** Where the model lies and how it runs. */
export interface LoadEmbedderOptions {
  /** A model directory: manifest.json, model.onnx, tokenizer.json. */
  directory: string;
  /** Threads of one run: 1, the default, is best for the built-in table; give an encoder the vCPUs there are. */
  threads?: number;
}

const readTokenizer = async (directory: string, manifest: ModelManifest): Promise<Tokenizer> => {
  if (manifest.tokenizer !== 'wordpiece') {
    throw new PipelineError(`the tokenizer kind ${manifest.tokenizer} of ${manifest.id} is not supported`, {
      code: 'MODEL_INVALID',
      kind: 'invalid',
      details: { tokenizer: manifest.tokenizer },
    });
  }
  const text = await readFile(join(directory, 'tokenizer.json'), 'utf8');
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new PipelineError(`tokenizer.json of ${manifest.id} is not JSON`, {
      code: 'MODEL_INVALID',
      kind: 'invalid',
      cause,
    });
  }
  return wordPieceTokenizer(json);
};

/**
 * One text a run. Padding to a batch changes the order of additions, and dynamic int8 scales by the largest
 * value of the run, so in a batch a text's vector would depend on its neighbours and embedding it again would
 * not give the same bytes. It costs a tenth of the built-in model's throughput and, as nothing is padded,
 * nothing of an encoder's.
 */
const embedWith =
  (session: ModelSession, tokenizer: Tokenizer, { max_tokens: maxTokens }: ModelManifest) =>
  async (texts: readonly string[]): Promise<Float32Array[]> => {
    const vectors: Float32Array[] = [];
    // The runtime waits for the next turn of the event loop before every run: other work is not starved.
    for (const text of texts) vectors.push(await session.run(tokenizer.encode(text, maxTokens)));
    return vectors;
  };

/**
 * Opens a model directory: checks every file's hash, the graph's inputs, output and dimensions, and that the
 * probe texts give the vectors that the manifest promises.
 * @throws PipelineError MODEL_CORRUPT, MODEL_INVALID or MODEL_PROBE_FAILED.
 */
export const loadEmbedder = async ({ directory, threads = 1 }: LoadEmbedderOptions): Promise<Embedder> => {
  const manifest = await verifyDirectory(directory);
  const tokenizer = await readTokenizer(directory, manifest);
  const session = await openSession(join(directory, 'model.onnx'), manifest, threads);
  const embed = embedWith(session, tokenizer, manifest);
  try {
    await requireProbe(manifest, embed);
  } catch (error) {
    await session.close();
    throw error;
  }
  let closed = false;
  const embedOpen = (texts: readonly string[]) => {
    if (!closed) return embed(texts);
    const message = `the embedder of ${manifest.id} is closed`;
    return Promise.reject(new PipelineError(message, { code: 'EMBEDDER_CLOSED', kind: 'internal' }));
  };
  return {
    manifest,
    stamp: modelStamp(manifest),
    dims: manifest.dimensions,
    embedPassages: (texts) => embedOpen(texts.map((text) => manifest.passage_prefix + text)),
    async embedQuery(text) {
      const [vector] = await embedOpen([manifest.query_prefix + text]);
      return vector ?? new Float32Array(manifest.dimensions);
    },
    async close() {
      if (closed) return;
      closed = true;
      await session.close();
    },
  };
};
