export {
  assertEvent,
  assertProduced,
  assertReadable,
  type DataOf,
  type DocumentContract,
  type EventContract,
  type EventDetail,
} from './contract.ts';
export {
  hasCode,
  isPipelineError,
  PipelineError,
  type ErrorKind,
  type PipelineErrorOptions,
} from './errors.ts';
export * from './generated/contracts.ts';
export type * from './generated/types.ts';
export { indexNamesOf } from './index-names.ts';
export {
  canonicalJson,
  chunkIdOf,
  deltaIdOf,
  documentIdOf,
  hashId,
  indexPathOf,
  runIdOf,
  runIdOfSource,
  sha256Hex,
  uploadRunIdOf,
  type RunId,
} from './ids.ts';
export {
  idempotencyKeyOf,
  makeEvent,
  MAX_EVENT_BYTES,
  type EventCause,
  type EventOrigin,
  type OutgoingEvent,
} from './make-event.ts';
export { describeFault, faultPath, type ValidationFault, type Validator } from './validator.ts';
