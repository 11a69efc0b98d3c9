export { startCloud } from './cloud.ts';
export type { Cloud, CloudEndpoints, CloudFunction, CloudOptions, PendingWork } from './cloud.ts';
export { startServers } from './servers.ts';
export { packageServices, type PackagingOptions } from './stacks/package-services.ts';
export { resolveStacks, type ResolvedResource, type ResolvedStacks } from './stacks/resolve-stacks.ts';
export { objectAt, ofType } from './stacks/read-functions.ts';
export {
  jsonList,
  jsonNumber,
  jsonText,
  type Json,
  type JsonObject,
  type StackSource,
} from './stacks/template.ts';
export type { Servers, ServersOptions } from './servers.ts';
export type { LambdaLimits } from './lambda/lambda.ts';
export type { LogLine } from './lambda/log-sink.ts';
export type { QueueService, SqsRecord } from './sqs/queue-service.ts';
export type { BusService } from './events/events-server.ts';
export type { BusEvent } from './events/model.ts';
export { openJournal, type Journal, type TimedLogLine } from './console/journal.ts';
export type { EventEntry, InvocationEntry, JournalEntry, Validity } from './console/journal-entry.ts';
export { startConsole, type ConsoleRequest, type ConsoleRoute } from './console/console-server.ts';
export type { ProxiedApi } from './console/api-proxy.ts';
export type { LocalServer } from './common/http-server.ts';
