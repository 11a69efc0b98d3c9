import type { EventEntry } from './journal-entry.ts';

/** The fields of an event's detail that many events have. */
export interface Detail {
  metadata?: { eventId?: string; correlationId?: string; causationId?: string; traceId?: string };
  data?: {
    runId?: string;
    attempt?: number;
    part?: number;
    collection?: string;
    stage?: string;
    error?: { code: string; message: string };
    [name: string]: unknown;
  };
}

/** The detail of an event as ours have it; empty for events of AWS. */
export const detailOf = ({ event }: EventEntry): Detail => event.detail;

/** The id in the envelope, or that of the bus. */
export const eventIdOf = (entry: EventEntry): string => detailOf(entry).metadata?.eventId ?? entry.event.id;

/** The run or job that an event belongs to. */
export const correlationOf = (entry: EventEntry): string | undefined =>
  detailOf(entry).metadata?.correlationId;

/** `documents.derived` of `documents.derived.v1` */
export const nounOf = ({ event }: EventEntry): string => event['detail-type'].replace(/\.v\d+$/, '');

/** `on-documents-derived` of `alluvium-chunk-dev-onDocumentsDerived`, with its service before it. */
export const functionLabel = (functionName: string): string => {
  const [, service = '', , ...rest] = functionName.split('-');
  return `${service} ${rest.join('-')}`.trim();
};

/** `chunk` of `alluvium-chunk-dev-onDocumentsDerived` */
export const serviceOf = (functionName: string): string => functionName.split('-')[1] ?? '';
