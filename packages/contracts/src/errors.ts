/**
 * What a failure asks of the caller:
 * - `invalid`: the input is wrong; the same call will fail again. Tell whoever sent it.
 * - `conflict`: somebody else was first; read again, then decide.
 * - `unavailable`: nothing is wrong with the call; repeat it later.
 * - `corrupt`: stored bytes contradict their description; stop and look.
 * - `fenced`: a newer owner exists; stop writing.
 * - `internal`: a defect of ours.
 */
export type ErrorKind = 'invalid' | 'conflict' | 'unavailable' | 'corrupt' | 'fenced' | 'internal';

export interface PipelineErrorOptions {
  /** Stable, upper snake case; listed in docs/errors.md. */
  code: string;
  kind: ErrorKind;
  /** The values that explain the failure; never a secret. */
  details?: Record<string, unknown>;
  cause?: unknown;
}

/** The one error that crosses module boundaries. Guard with {@link isPipelineError} or by `code`, never by instanceof. */
export class PipelineError extends Error {
  readonly code: string;
  readonly kind: ErrorKind;
  readonly details: Record<string, unknown>;

  constructor(message: string, { code, kind, details = {}, cause }: PipelineErrorOptions) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'PipelineError';
    this.code = code;
    this.kind = kind;
    this.details = details;
  }
}

/** True for a PipelineError of any realm or bundle copy. */
export const isPipelineError = (error: unknown): error is PipelineError =>
  error instanceof Error && error.name === 'PipelineError' && 'code' in error && 'kind' in error;

/** True when `error` is a PipelineError with this code. */
export const hasCode = (error: unknown, code: string): boolean =>
  isPipelineError(error) && error.code === code;
