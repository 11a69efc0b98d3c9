export {
  isGoodKey,
  mintApiKey,
  readApiKey,
  SCOPES,
  type ApiKeyRecord,
  type MintedKey,
  type Scope,
} from './access/api-key.ts';
export { apiKeyTable, type ApiKeyTable, type KeyedTable } from './access/api-key-table.ts';
export { assertCollection, callerOf, contextOf, type Caller, type CallerContext } from './access/caller.ts';
export { type Access, type AskedRoute } from './access/guard.ts';
export {
  answerOperations,
  operationRoute,
  requiredArg,
  type AnswerOptions,
  type Operation,
  type OperationArgs,
  type OperationRequest,
  type OperationResult,
} from './answer-operation.ts';
export { documentClient, eventBridgeClient, s3Client, sqsClient } from './clients.ts';
export { sqsDeadLetters, type DeadLetters } from './dead-letters.ts';
export { numberEnv, requiredEnv } from './environment.ts';
export { eventBus, type EventBus, type EventBusOptions } from './event-bus.ts';
export {
  isRetryable,
  route,
  type DeliveredEvent,
  type EventHandler,
  type EventRoute,
  type GiveUp,
} from './event-route.ts';
export { failureOf } from './failure.ts';
export { httpHandler, type HttpHandler } from './http-handler.ts';
export { httpStatusOf } from './http-status.ts';
export { EVENT_TTL_SECONDS, idempotencyStore, oncePerEvent, oncePerKey } from './idempotent.ts';
export { mapLimit } from './map-limit.ts';
export { s3Objects, type Objects } from './objects.ts';
export { onEvent, onEvents, onForeignEvent } from './on-event.ts';
export { onMessages, onQueue, onQueueOf, type QueueHandler } from './on-queue.ts';
export { systemOrigin } from './origin.ts';
export { packRecords, unpackRecords } from './records.ts';
export { problemOf } from './problem.ts';
export { ruleSwitch, type RuleSwitch } from './rule-switch.ts';
export { liveBus, liveObjects, liveRuntime, type Runtime } from './runtime.ts';
export { withStack, type LambdaHandler } from './stack.ts';
