import { PipelineError } from '@alluvium/contracts';
import { assertVector } from '../delta/int8-rows.ts';
import { MOST_DIVERSE } from './diversify.ts';
import type { FusionOptions } from './fusion.ts';
import type { SearchMode, SearchQuery } from './search-types.ts';

const refuse = (message: string, code = 'QUERY_INVALID'): PipelineError =>
  new PipelineError(message, { code, kind: 'invalid' });

/** The mode of a search: hybrid with a text or a vector alone is lexical or dense. */
export const modeOf = ({ mode, vector, text }: SearchQuery): SearchMode => {
  if (mode === 'hybrid' && (vector === undefined || text === undefined))
    return vector === undefined ? 'lexical' : 'dense';
  return mode;
};

const assertWeights = ({ weights }: FusionOptions): void => {
  if (weights === undefined) return;
  for (const [name, weight] of [
    ['dense', weights.dense],
    ['lexical', weights.lexical],
  ] as const)
    if (!Number.isFinite(weight) || weight < 0)
      throw refuse(`The ${name} weight is ${weight}; it must be a number that is not negative`);
  if (weights.dense === 0 && weights.lexical === 0)
    throw refuse('Both weights are 0: nothing would be ranked; give one of them a weight');
};

const assertDiversity = ({ diversity = 0, k }: SearchQuery): void => {
  if (!(diversity >= 0 && diversity <= 1)) throw refuse(`diversity is ${diversity}; it lies between 0 and 1`);
  if (diversity > 0 && k > MOST_DIVERSE)
    throw refuse(`k is ${k}; it is at most ${MOST_DIVERSE} with diversity`);
};

/** Errors: QUERY_INVALID, DIMENSION_MISMATCH, VECTOR_INVALID. */
export const assertQuery = (query: SearchQuery, dims: number): void => {
  const mode = modeOf(query);
  if (!Number.isSafeInteger(query.k) || query.k < 1) throw refuse(`k is ${query.k}; it counts from 1`);
  assertWeights(query.fusion ?? {});
  assertDiversity(query);
  if (mode === 'lexical' && query.text === undefined) throw refuse('A lexical search needs a text');
  if (mode === 'lexical') return;
  if (query.vector === undefined) throw refuse('A dense search needs a vector');
  if (query.vector.length !== dims)
    throw refuse(`The query has ${query.vector.length} dimensions, the index ${dims}`, 'DIMENSION_MISMATCH');
  assertVector(query.vector, dims);
};
