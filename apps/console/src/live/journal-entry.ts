/** An event that a bus accepted, as the console's server tells it. */
export interface EventEntry {
  kind: 'event';
  seq: number;
  /** Milliseconds since the Unix epoch. */
  atMs: number;
  bus: string;
  event: { id: string; 'detail-type': string; source: string; time: string; detail: object };
  /** `foreign` events are of AWS, `unknown` ones have no contract. */
  validity: 'valid' | 'invalid' | 'foreign' | 'unknown';
  fault?: string;
}

/** One call of a function, told when it begins and again when it ends. */
export interface InvocationEntry {
  kind: 'invocation';
  seq: number;
  functionName: string;
  requestId: string;
  beganAtMs: number;
  endedAtMs?: number;
  error?: string;
  eventIds: string[];
  /** How often the most unlucky of its events was delivered. */
  receives: number;
}

/** What the server tells as it happens. */
export type JournalEntry = EventEntry | InvocationEntry;
