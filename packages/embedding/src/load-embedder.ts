import { PipelineError } from '@alluvium/contracts';
import type { Embedder } from './embedder.ts';
import type { ModelSession, SessionOptions } from './model-session.ts';
import { openNativeSession } from './native-session.ts';
import { openEmbedder } from './open-embedder.ts';
import { openPlainSession } from './plain-session.ts';
import { vcpus } from './threads.ts';

/**
 * What runs a model. 'plain' is TypeScript alone and runs static token tables such as the built-in model; 'native' is
 * onnxruntime and runs every model; 'auto' is plain for what plain can run, else native.
 */
export type ModelRuntime = 'auto' | 'native' | 'plain';

/** Where the model lies and how it runs. */
export interface LoadEmbedderOptions {
  /** A model directory: manifest.json, model.onnx, tokenizer.json. */
  directory: string;
  /** 'auto' by default. */
  runtime?: ModelRuntime;
  /** Threads of one native run: by default the vCPUs there are. */
  threads?: number;
}

const openPlainOnly = async (options: SessionOptions): Promise<ModelSession> => {
  const session = await openPlainSession(options);
  if (session !== undefined) return session;
  const { id } = options.manifest;
  throw new PipelineError(
    `the model ${id} is no static token table: it needs onnxruntime, the native runtime`,
    {
      code: 'MODEL_RUNTIME_MISSING',
      kind: 'unavailable',
      details: { model: id },
    },
  );
};

const SESSIONS: Record<ModelRuntime, (options: SessionOptions) => Promise<ModelSession>> = {
  auto: async (options) => (await openPlainSession(options)) ?? openNativeSession(options),
  native: openNativeSession,
  plain: openPlainOnly,
};

/**
 * Opens a model directory: checks every file's hash, the graph's inputs, output and dimensions, and that the probe
 * texts give the vectors that the manifest promises.
 * @throws PipelineError MODEL_CORRUPT, MODEL_INVALID, MODEL_PROBE_FAILED, or MODEL_RUNTIME_MISSING where the model
 * needs onnxruntime and it is not to be had.
 */
export const loadEmbedder = ({
  directory,
  runtime = 'auto',
  threads = vcpus(),
}: LoadEmbedderOptions): Promise<Embedder> => openEmbedder({ directory, threads }, SESSIONS[runtime]);

/**
 * `loadEmbedder` with the plain runtime alone. A bundle that imports this and not `loadEmbedder` carries no
 * onnxruntime, which is 25 MB.
 */
export const loadPlainEmbedder = ({ directory }: { directory: string }): Promise<Embedder> =>
  openEmbedder({ directory, threads: 1 }, openPlainOnly);
