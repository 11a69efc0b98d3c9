import { PipelineError } from '@alluvium/contracts';
import type { ModelManifest } from './manifest.ts';

/** An open model: token ids in, unit vectors out. */
export interface ModelSession {
  /** The vectors of texts that run together, one Float32Array(`dimensions`) a text, in their order. */
  run(texts: readonly (readonly number[])[]): Promise<Float32Array[]>;
  close(): Promise<void>;
}

/** How a session is opened. */
export interface SessionOptions {
  /** Path of `model.onnx`. */
  modelPath: string;
  manifest: ModelManifest;
  /** Threads of one run. */
  threads: number;
}

/** The error for a model that contradicts its manifest: MODEL_INVALID. */
export const invalidModel = (
  message: string,
  details: Record<string, unknown>,
  cause?: unknown,
): PipelineError => new PipelineError(message, { code: 'MODEL_INVALID', kind: 'invalid', details, cause });
