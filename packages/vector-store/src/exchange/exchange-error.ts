import { PipelineError } from '@alluvium/contracts';

/** The error for what cannot be imported; `place` says where, such as `line 7`. */
export const notImportable = (place: string, what: string, cause?: unknown): PipelineError =>
  new PipelineError(`The import stops at ${place}: ${what}`, {
    code: 'IMPORT_INVALID',
    kind: 'invalid',
    details: { place },
    cause,
  });
