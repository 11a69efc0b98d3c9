import {
  assertEvent,
  isPipelineError,
  PipelineError,
  type EventContract,
  type EventDetail,
} from '@alluvium/contracts';
import type { Context } from 'aws-lambda';
import type { Runtime } from './runtime.ts';

/** An event as EventBridge delivers it. */
export interface DeliveredEvent {
  'detail-type': string;
  detail: unknown;
}

/** What is done with one kind of event. */
export interface EventRoute {
  name: string;
  /** Validates the detail, then handles it. */
  handle(detail: unknown, context: Context): Promise<void>;
  /** Called when the event is given up; `detail` has been validated. */
  giveUp(detail: unknown, error: unknown): Promise<void>;
}

/** Handles the detail of one valid event. */
export type EventHandler<Detail> = (detail: Detail, context: Context) => Promise<unknown>;

/** Reports that an event will not be tried again, e.g. by part.failed. */
export type GiveUp<Detail> = (detail: Detail, error: unknown) => Promise<void>;

/** Ties a contract to the function that handles its events. */
export const route = <Detail extends EventDetail>(
  contract: EventContract<Detail>,
  handle: EventHandler<Detail>,
  giveUp?: GiveUp<Detail>,
): EventRoute => ({
  name: contract.name,
  handle: async (detail, context) => {
    await handle(assertEvent(contract, detail, 'consumer'), context);
  },
  giveUp: async (detail, error) => {
    if (contract.open(detail)) await giveUp?.(detail, error);
  },
});

const RETRYABLE = new Set(['unavailable', 'conflict', 'internal']);

/** False when the same event can never succeed. An unknown error may be a passing one. */
export const isRetryable = (error: unknown): boolean => !isPipelineError(error) || RETRYABLE.has(error.kind);

const findRoute = (routes: EventRoute[], event: DeliveredEvent): EventRoute => {
  const found = routes.find(({ name }) => name === event['detail-type']);
  if (found !== undefined) return found;
  const known = routes.map(({ name }) => name).join(', ');
  throw new PipelineError(`Cannot handle "${event['detail-type']}"; this function handles ${known}`, {
    code: 'EVENT_INVALID',
    kind: 'invalid',
    details: { path: '/detail-type' },
  });
};

const traceKeys = (detail: unknown): Record<string, unknown> => {
  const metadata = (detail as Partial<EventDetail> | null)?.metadata;
  return { correlationId: metadata?.correlationId, traceId: metadata?.traceId, eventId: metadata?.eventId };
};

/**
 * Handles one delivered event. An event that can never succeed goes to the dead letters at once, with its reason;
 * `lastTry` events are reported and then fail, so that the queue or Lambda moves them there.
 */
export const dispatch = async (
  runtime: Runtime,
  routes: EventRoute[],
  event: DeliveredEvent,
  { context, lastTry, originArn }: { context: Context; lastTry: boolean; originArn?: string },
): Promise<void> => {
  runtime.logger.appendKeys({ detailType: event['detail-type'], ...traceKeys(event.detail) });
  try {
    await findRoute(routes, event).handle(event.detail, context);
  } catch (error) {
    const final = !isRetryable(error);
    if (final || lastTry) {
      await routes.find(({ name }) => name === event['detail-type'])?.giveUp(event.detail, error);
    }
    if (!final) throw error;
    runtime.logger.error('The event was given up', { error: error as Error });
    await runtime.deadLetters.send(event, error, originArn);
  }
};
