export { hasCode, isPipelineError, PipelineError, type ErrorKind, type PipelineErrorOptions } from './errors.ts';
