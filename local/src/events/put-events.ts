import { randomUUID } from 'node:crypto';
import { constraintError, validationError } from './events-errors.ts';
import type { EventRegistry } from './event-registry.ts';
import { eventTime, type Arrival, type EventRouter } from './event-router.ts';
import type { BusEvent } from './model.ts';

/** An entry of PutEvents. */
export interface PutEventsEntry {
  Source?: string;
  DetailType?: string;
  /** JSON text of an object. */
  Detail?: string;
  /** Seconds since the epoch, as in the JSON protocol. */
  Time?: number;
  Resources?: string[];
  /** Name or ARN; the default bus when absent. */
  EventBusName?: string;
  TraceHeader?: string;
}

export type PutEventsResultEntry = { EventId: string } | { ErrorCode: string; ErrorMessage: string };

export interface PutEventsResult {
  FailedEntryCount: number;
  Entries: PutEventsResultEntry[];
}

const MAX_ENTRIES = 10;
const MAX_REQUEST_BYTES = 1024 * 1024;
/** What AWS counts for a Time, whatever its value. */
const TIME_BYTES = 14;

const sizeBytes = (entry: PutEventsEntry): number =>
  [entry.Source, entry.DetailType, entry.Detail, ...(entry.Resources ?? [])].reduce(
    (sum, text) => sum + Buffer.byteLength(text ?? ''),
    entry.Time === undefined ? 0 : TIME_BYTES,
  );

const invalidArgument = (name: string): PutEventsResultEntry => ({
  ErrorCode: 'InvalidArgument',
  ErrorMessage: `Parameter ${name} is not valid. Reason: ${name} is a required argument.`,
});

const parseDetail = (text: string): object | undefined => {
  try {
    const detail: unknown = JSON.parse(text);
    return typeof detail === 'object' && detail !== null && !Array.isArray(detail) ? detail : undefined;
  } catch {
    return undefined;
  }
};

/** What is wrong with an entry, in the order AWS looks. */
const refusalOf = ({
  Source = '',
  DetailType = '',
  Detail = '',
}: PutEventsEntry): PutEventsResultEntry | undefined => {
  if (Source === '') return invalidArgument('Source');
  if (Source.startsWith('aws.'))
    return { ErrorCode: 'NotAuthorizedForSourceException', ErrorMessage: 'Not authorized for the source.' };
  if (DetailType === '') return invalidArgument('DetailType');
  return Detail === '' ? invalidArgument('Detail') : undefined;
};

const toEvent = (registry: EventRegistry, entry: PutEventsEntry): BusEvent | PutEventsResultEntry => {
  const refusal = refusalOf(entry);
  if (refusal !== undefined) return refusal;
  const { Source = '', DetailType = '', Detail = '', Time, Resources = [] } = entry;
  const detail = parseDetail(Detail);
  if (detail === undefined) return { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' };
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': DetailType,
    source: Source,
    account: registry.accountId,
    time: eventTime(Time === undefined ? registry.clock.nowMs() : Time * 1000),
    region: registry.region,
    resources: Resources,
    detail,
  };
};

const checkRequest = (entries: PutEventsEntry[]): void => {
  if (entries.length === 0) throw constraintError('[]', 'entries', 'have length greater than or equal to 1');
  if (entries.length > MAX_ENTRIES)
    throw constraintError(
      `[${String(entries.length)} entries]`,
      'entries',
      'have length less than or equal to 10',
    );
  if (entries.reduce((sum, entry) => sum + sizeBytes(entry), 0) > MAX_REQUEST_BYTES)
    throw validationError('Total size of the entries in the request is over the limit.');
};

/**
 * PutEvents: wrong entries are reported one by one, the others are accepted. An entry for an unknown bus is accepted and
 * reaches nobody, as on AWS. Resolves once everything accepted is durable.
 */
export const putEvents = async (
  registry: EventRegistry,
  router: EventRouter,
  entries: PutEventsEntry[],
): Promise<PutEventsResult> => {
  checkRequest(entries);
  const arrivals: Arrival[] = [];
  const results = entries.map((entry): PutEventsResultEntry => {
    const event = toEvent(registry, entry);
    if (!('id' in event)) return event;
    const bus = registry.busName(entry.EventBusName);
    if (registry.buses.has(bus)) arrivals.push({ bus, event, traceHeader: entry.TraceHeader });
    return { EventId: event.id };
  });
  await router.accept(arrivals);
  return { FailedEntryCount: results.filter((result) => 'ErrorCode' in result).length, Entries: results };
};
