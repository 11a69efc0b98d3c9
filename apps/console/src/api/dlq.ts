/** A service's dead-letter queue. */
export interface DeadLetterQueue {
  service: string;
  name: string;
  messages: number;
  inFlight: number;
}

/** What a service gave up. */
export interface DeadLetter {
  id: string;
  sentAt: string;
  what: string;
  errorCode: string;
  errorMessage: string;
  body: string;
  destination: { kind: 'queue'; arn: string } | { kind: 'bus' } | { kind: 'nowhere'; why: string };
}
