import { systemClock, type Clock } from '../common/clock.ts';
import { openStore } from '../common/store.ts';
import { serveAwsJson } from '../common/aws-json.ts';
import { ArchiveApi } from './archive-operations.ts';
import { busOperations } from './bus-operations.ts';
import { Dispatcher } from './dispatcher.ts';
import { DEFAULT_BUS, EventRegistry } from './event-registry.ts';
import { EventRouter, type EventListener, type TargetPorts } from './event-router.ts';
import { required } from './events-errors.ts';
import type { BusEvent } from './model.ts';
import { putEvents, type PutEventsEntry, type PutEventsResult } from './put-events.ts';
import { Replayer } from './replayer.ts';
import { ruleOperations } from './rule-operations.ts';
import { Scheduler } from './scheduler.ts';
import { targetOperations } from './target-operations.ts';

export interface EventBridgeOptions {
  /** Where rules, archives and undelivered events are kept; in memory when absent. */
  directory?: string;
  /** 0 or absent picks a free one. */
  port?: number;
  clock?: Clock;
  /** Default us-east-1. */
  region?: string;
  /** Default 000000000000. */
  accountId?: string;
  targets: TargetPorts;
}

/** The event bus without HTTP. */
export interface BusService {
  /** Puts an event of an AWS service (source `aws.*`) on the default bus; resolves once its deliveries are durable. */
  putAwsEvent(event: BusEvent): Promise<void>;
  /** As the PutEvents call; `Time` in seconds since the epoch. */
  putEvents(entries: PutEventsEntry[]): Promise<PutEventsResult>;
  /** Calls back for every event that a bus accepted; the returned function ends it. */
  onEvent(listener: EventListener): () => void;
  /** Resolves once nothing waits to be delivered, apart from retries whose time has not come. */
  idle(): Promise<void>;
}

/** A running EventBridge. */
export interface EventBridgeServer {
  /** `http://127.0.0.1:<port>`, for AWS_ENDPOINT_URL_EVENTBRIDGE. */
  endpoint: string;
  port: number;
  bus: BusService;
  close(): Promise<void>;
}

const openBus = async (options: EventBridgeOptions) => {
  const { clock = systemClock, region = 'us-east-1', accountId = '000000000000', targets } = options;
  const store = await openStore(options.directory);
  const registry = await EventRegistry.open({ store, clock, region, accountId });
  const router = new EventRouter(registry, targets);
  const dispatcher = new Dispatcher({
    store,
    clock,
    deliver: (delivery) => router.deliver(delivery),
    bury: (queueArn, payload, attributes) => targets.sendMessage(queueArn, payload, { attributes }),
  });
  router.connect(dispatcher);
  return {
    store,
    registry,
    router,
    dispatcher,
    scheduler: new Scheduler(registry, router),
    replayer: new Replayer(registry, router),
  };
};

/** Starts EventBridge for the plain AWS SDK. An acknowledged event is delivered at least once, over kill -9 too when there is a directory. */
export const startEventBridge = async (options: EventBridgeOptions): Promise<EventBridgeServer> => {
  const { store, registry, router, dispatcher, scheduler, replayer } = await openBus(options);
  // before the first new event, which would otherwise be read back and delivered twice
  await dispatcher.resume();
  const server = await serveAwsJson({
    version: '1.1',
    operations: {
      PutEvents: (input: { Entries?: PutEventsEntry[] }) =>
        putEvents(registry, router, required(input.Entries, 'entries')),
      ...busOperations(registry),
      ...ruleOperations(registry, scheduler),
      ...targetOperations(registry),
      ...new ArchiveApi(registry, replayer).operations(),
    },
    port: options.port ?? 0,
  });
  for (const rule of registry.rulesOf(DEFAULT_BUS)) scheduler.update(rule);
  replayer.resume();
  return {
    endpoint: server.endpoint,
    port: server.port,
    bus: {
      putAwsEvent: (event) => router.accept([{ bus: DEFAULT_BUS, event }]),
      putEvents: (entries) => putEvents(registry, router, entries),
      onEvent: (listener) => router.onEvent(listener),
      idle: () => dispatcher.idle(),
    },
    close: async () => {
      scheduler.close();
      await server.close();
      await replayer.close();
      await dispatcher.close();
      await store.close();
    },
  };
};
