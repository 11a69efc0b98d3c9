import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PipelineError } from '@alluvium/contracts';
import { planRuns } from './batches.ts';
import type { Embedder } from './embedder.ts';
import { modelStamp, type ModelManifest } from './manifest.ts';
import { verifyDirectory } from './model-files.ts';
import type { ModelSession, SessionOptions } from './model-session.ts';
import { requireProbe } from './probe.ts';
import { tokenizerOf } from './tokenizer-of.ts';
import type { Tokenizer } from './tokenizer.ts';

const readTokenizer = async (directory: string, manifest: ModelManifest): Promise<Tokenizer> => {
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
  return tokenizerOf(json, manifest.tokenizer);
};

const embedWith =
  (session: ModelSession, tokenizer: Tokenizer, manifest: ModelManifest) =>
  async (texts: readonly string[]): Promise<Float32Array[]> => {
    const encoded = texts.map((text) => tokenizer.encode(text, manifest.max_tokens));
    const vectors = new Array<Float32Array>(texts.length);
    const groups = planRuns(
      encoded.map((ids) => ids.length),
      manifest,
    );
    for (const group of groups) {
      const found = await session.run(group.map((index) => encoded[index] ?? []));
      for (const [at, index] of group.entries()) vectors[index] = found[at] ?? new Float32Array(0);
    }
    return vectors;
  };

const embedderOf = (
  manifest: ModelManifest,
  session: ModelSession,
  embed: (texts: readonly string[]) => Promise<Float32Array[]>,
): Embedder => {
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

/** Opens a model directory with `openSession`; what all runtimes have in common. */
export const openEmbedder = async (
  { directory, threads }: { directory: string; threads: number },
  openSession: (options: SessionOptions) => Promise<ModelSession>,
): Promise<Embedder> => {
  const manifest = await verifyDirectory(directory);
  const tokenizer = await readTokenizer(directory, manifest);
  const session = await openSession({ modelPath: join(directory, 'model.onnx'), manifest, threads });
  const embed = embedWith(session, tokenizer, manifest);
  try {
    await requireProbe(manifest, embed);
  } catch (error) {
    await session.close();
    throw error;
  }
  return embedderOf(manifest, session, embed);
};
