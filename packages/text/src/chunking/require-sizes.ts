import { PipelineError } from '@alluvium/contracts';

/**
 * The first of the parameters is the largest size of a chunk, the second, if there is one, how much neighbours share.
 * Error: CHUNKER_OPTIONS_INVALID unless they are whole, the first at least `least`, the second at most half of it.
 */
export const requireSizes = (
  parameters: Readonly<Record<string, number>>,
  { least }: { least: number },
): void => {
  const [max = Number.NaN, overlap = 0] = Object.values(parameters);
  const areWhole = Number.isInteger(max) && Number.isInteger(overlap);
  if (areWhole && max >= least && overlap >= 0 && overlap * 2 <= max) return;
  const given = Object.entries(parameters).map(([name, value]) => `${name} ${String(value)}`);
  const rule = `at least ${String(least)}, and an overlap of at most half of it`;
  throw new PipelineError(`chunks with ${given.join(' and ')} are not possible: ${rule}`, {
    code: 'CHUNKER_OPTIONS_INVALID',
    kind: 'invalid',
    details: { ...parameters },
  });
};
