import { PipelineError } from '@alluvium/contracts';
import type { ModelManifest, ModelProbe } from './manifest.ts';
import { lengthOf } from './pooling.ts';

const UNIT_TOLERANCE = 1e-3;

const deviationOf = (probe: ModelProbe, vector: Float32Array): number =>
  Math.max(...probe.first.map((expected, d) => Math.abs(expected - (vector[d] ?? Number.NaN))));

/**
 * Proves that runtime, tokenizer and model together give the vectors they gave when the manifest was written:
 * the last check before vectors are trusted. Probe texts are embedded as they are, without a prefix.
 * @throws PipelineError MODEL_PROBE_FAILED.
 */
export const requireProbe = async (
  manifest: ModelManifest,
  embed: (texts: readonly string[]) => Promise<Float32Array[]>,
): Promise<void> => {
  const vectors = await embed(manifest.probe.map(({ text }) => text));
  for (const [index, probe] of manifest.probe.entries()) {
    const vector = vectors[index] ?? new Float32Array(0);
    const deviation = deviationOf(probe, vector);
    const length = lengthOf(vector);
    // Written so that NaN fails, too.
    if (deviation <= probe.atol && Math.abs(length - 1) <= UNIT_TOLERANCE) continue;
    throw new PipelineError(
      `the model ${manifest.id} gives another vector for "${probe.text}" than its manifest: ` +
        `off by ${deviation}, ${probe.atol} allowed; length ${length}`,
      {
        code: 'MODEL_PROBE_FAILED',
        kind: 'corrupt',
        details: { text: probe.text, expected: probe.first, found: [...vector.slice(0, probe.first.length)] },
      },
    );
  }
};
