export { startCloud } from './cloud.ts';
export type { Cloud, CloudEndpoints, CloudFunction, CloudOptions, PendingWork } from './cloud.ts';
export { startServers } from './servers.ts';
export type { Servers, ServersOptions } from './servers.ts';
export type { LambdaLimits } from './lambda/lambda.ts';
export type { LogLine } from './lambda/log-sink.ts';
export type { QueueService, SqsRecord } from './sqs/queue-service.ts';
export type { BusService } from './events/events-server.ts';
export type { BusEvent } from './events/model.ts';
