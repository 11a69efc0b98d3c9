import { assertEvent, type EventContract, type EventDetail } from './contract.ts';
import { PipelineError } from './errors.ts';
import type { MetadataV1 } from './generated/types.ts';
import { canonicalJson, sha256Hex } from './ids.ts';

/** Greatest size of an event's detail in bytes; anything larger travels as a pointer. */
export const MAX_EVENT_BYTES = 64 * 1024;

/** Where an event gets its time and its fresh ids from. */
export interface EventOrigin {
  /** `<service>@<version>` */
  producer: string;
  nowMs(): number;
  /** A fresh ULID. */
  newEventId(): string;
  /** A fresh W3C trace id, 32 hex digits. */
  newTraceId(): string;
}

/** What an event follows from: another event, or a job that starts a chain. */
export type EventCause = MetadataV1 | { correlationId: string };

/** An event as it is put on the bus. */
export interface OutgoingEvent<Detail extends EventDetail = EventDetail> {
  source: string;
  detailType: string;
  detail: Detail;
}

const valueAt = (data: unknown, path: string): unknown =>
  path
    .split('.')
    .reduce<unknown>(
      (value, name) =>
        typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined,
      data,
    ) ?? null;

/** sha256 of detail-type and business identity: equal on every retry, whoever emits the event. */
export const idempotencyKeyOf = <Detail extends EventDetail>(
  contract: EventContract<Detail>,
  data: Detail['data'],
): string =>
  sha256Hex(canonicalJson([contract.name, ...contract.identity.map((path) => valueAt(data, path))]));

/**
 * Builds an event that fits its contract.
 * @throws EVENT_INVALID with the JSON path of the fault, EVENT_TOO_LARGE above {@link MAX_EVENT_BYTES}.
 */
export const makeEvent = <Detail extends EventDetail>(
  contract: EventContract<Detail>,
  data: Detail['data'],
  cause: EventCause,
  origin: EventOrigin,
): OutgoingEvent<Detail> => {
  const eventId = origin.newEventId();
  const parent = 'eventId' in cause ? cause : undefined;
  const metadata: MetadataV1 = {
    eventId,
    traceId: parent?.traceId ?? origin.newTraceId(),
    correlationId: cause.correlationId,
    causationId: parent?.eventId ?? eventId,
    idempotencyKey: idempotencyKeyOf(contract, data),
    producer: origin.producer,
    occurredAt: new Date(origin.nowMs()).toISOString(),
  };
  const detail = assertEvent(contract, { metadata, data }, 'producer');
  const bytes = Buffer.byteLength(JSON.stringify(detail));
  if (bytes > MAX_EVENT_BYTES) {
    throw new PipelineError(
      `${contract.name} has ${bytes} bytes, over the ${MAX_EVENT_BYTES} allowed: pass a pointer`,
      { code: 'EVENT_TOO_LARGE', kind: 'internal', details: { bytes } },
    );
  }
  return { source: origin.producer.replace(/@.*$/, ''), detailType: contract.name, detail };
};
