import type { InvocationEntry } from './journal-entry.ts';

type Subject = Pick<InvocationEntry, 'eventIds' | 'receives'>;

interface Detailed {
  id?: unknown;
  detail?: { metadata?: { eventId?: unknown } };
}

interface QueueRecord {
  body: string;
  attributes?: { ApproximateReceiveCount?: string };
}

// Our own events go by the id in their envelope: it stays the same when they are sent again.
const idsOf = (value: unknown): string[] => {
  const { id, detail } = (value ?? {}) as Detailed;
  const eventId = detail?.metadata?.eventId ?? id;
  return typeof eventId === 'string' ? [eventId] : [];
};

const parse = (body: string): unknown => {
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return undefined;
  }
};

/** Which events a function was called with; undefined for a call over HTTP. */
export const subjectOf = (payload: unknown): Subject | undefined => {
  const { Records: records, routeKey } = (payload ?? {}) as { Records?: QueueRecord[]; routeKey?: unknown };
  if (typeof routeKey === 'string') return undefined;
  if (!Array.isArray(records)) return { eventIds: idsOf(payload), receives: 1 };
  const receives = records.map(({ attributes }) => Number(attributes?.ApproximateReceiveCount ?? 1));
  return {
    eventIds: records.flatMap(({ body }) => idsOf(parse(body))),
    receives: Math.max(1, ...receives),
  };
};
