/** Deterministic simulation: virtual time, processes that fail, and AWS services that fail with them. */
export { busServer, type PutEventsRequestEntry } from './simulation/bus-server.ts';
export { dynamoDbServer, type DynamoDbServer, type ItemWritten } from './simulation/dynamodb-server.ts';
export { drawFate, NO_FAULTS, type Fate, type FaultRates } from './simulation/fates.ts';
export {
  queueServer,
  type KeptMessage,
  type QueueFaults,
  type QueueServer,
} from './simulation/queue-server.ts';
export { seededRandom, type Random } from './simulation/random.ts';
export { type RemoteCall, type Weather } from './simulation/remote-call.ts';
export {
  s3Server,
  type KeptObject,
  type ObjectDeleted,
  type ObjectWatcher,
  type ObjectWritten,
  type S3Server,
} from './simulation/s3-server.ts';
export { earliest, Scheduler, type Choose, type Task } from './simulation/scheduler.ts';
export { newTrace, type Trace } from './simulation/trace.ts';
export { VirtualProcess } from './simulation/virtual-process.ts';
export { ownTimers } from './simulation/virtual-timers.ts';
