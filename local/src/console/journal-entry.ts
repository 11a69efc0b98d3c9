import type { BusEvent } from '../events/model.ts';

/** Whether an event fits its contract; `foreign` ones are of AWS, `unknown` ones have no contract. */
export type Validity = 'valid' | 'invalid' | 'foreign' | 'unknown';

/** An event that a bus accepted. */
export interface EventEntry {
  kind: 'event';
  /** Grows with every entry, over restarts too. */
  seq: number;
  /** Milliseconds since the Unix epoch. */
  atMs: number;
  bus: string;
  event: BusEvent;
  validity: Validity;
  /** What does not fit, with its JSON path. */
  fault?: string;
}

/** One call of a function. It is told twice: when it begins, and when it ends. */
export interface InvocationEntry {
  kind: 'invocation';
  seq: number;
  functionName: string;
  requestId: string;
  beganAtMs: number;
  /** Absent while it is under way. */
  endedAtMs?: number;
  error?: string;
  /** Ids of the events that it was called with. */
  eventIds: string[];
  /** How often the most unlucky of them was delivered, this time included. */
  receives: number;
}

/** What the console is told as it happens. */
export type JournalEntry = EventEntry | InvocationEntry;
