import { setTimeout as sleep } from 'node:timers/promises';
import {
  makeEvent,
  PipelineError,
  type EventCause,
  type EventContract,
  type EventDetail,
  type EventOrigin,
  type OutgoingEvent,
} from '@alluvium/contracts';
import {
  PutEventsCommand,
  type EventBridgeClient,
  type PutEventsRequestEntry,
} from '@aws-sdk/client-eventbridge';

const MAX_ENTRIES = 10;
const MAX_TRIES = 6;
const FIRST_PAUSE_MS = 50;

/** The only door to PutEvents. */
export interface EventBus {
  /** Emits one event that follows from `cause`; resolved once EventBridge has accepted it. */
  publish<Detail extends EventDetail>(
    contract: EventContract<Detail>,
    data: Detail['data'],
    cause: EventCause,
  ): Promise<void>;
  /** Emits events that were built before, in requests of 10; repeats only what was not accepted. */
  publishAll(events: OutgoingEvent[]): Promise<void>;
}

export interface EventBusOptions {
  client: Pick<EventBridgeClient, 'send'>;
  busName: string;
  origin: EventOrigin;
  /** Waits between tries; tests pass their own. */
  pause?: (delayMs: number) => Promise<unknown>;
}

const notAccepted = (entries: PutEventsRequestEntry[], reason: unknown): PipelineError =>
  new PipelineError(`EventBridge did not accept ${entries.length} events after ${MAX_TRIES} tries`, {
    code: 'EVENTS_NOT_ACCEPTED',
    kind: 'unavailable',
    details: { reason, detailTypes: entries.map(({ DetailType }) => DetailType) },
  });

const putAll = async (options: EventBusOptions, entries: PutEventsRequestEntry[]): Promise<void> => {
  const { client, pause = sleep } = options;
  let open = entries;
  let reason: unknown;
  for (let attempt = 0; attempt < MAX_TRIES; attempt += 1) {
    if (attempt > 0) await pause(FIRST_PAUSE_MS * 2 ** attempt);
    const answer = await client.send(new PutEventsCommand({ Entries: open }));
    if ((answer.FailedEntryCount ?? 0) === 0) return;
    const results = answer.Entries ?? [];
    reason = results.find(({ ErrorCode }) => ErrorCode !== undefined);
    open = open.filter((_, index) => results[index]?.EventId === undefined);
  }
  throw notAccepted(open, reason);
};

/** The bus that services put their events on. */
export const eventBus = (options: EventBusOptions): EventBus => {
  const publishAll = async (events: OutgoingEvent[]): Promise<void> => {
    const entries = events.map(({ source, detailType, detail }) => ({
      EventBusName: options.busName,
      Source: source,
      DetailType: detailType,
      Detail: JSON.stringify(detail),
      Time: new Date(detail.metadata.occurredAt),
    }));
    for (let first = 0; first < entries.length; first += MAX_ENTRIES) {
      await putAll(options, entries.slice(first, first + MAX_ENTRIES));
    }
  };
  return {
    publishAll,
    publish: (contract, data, cause) => publishAll([makeEvent(contract, data, cause, options.origin)]),
  };
};
