import type { InvocationOutcome } from './environment.ts';

/** An event that a function was asked to handle later, as it is stored. */
export interface AsyncInvocation {
  /** Rises with the time of acceptance. */
  id: string;
  functionName: string;
  functionArn: string;
  requestId: string;
  event: unknown;
  acceptedAtMs: number;
  /** Tries that have ended. */
  attempts: number;
}

/** The message that a destination receives, as AWS writes it. */
export const destinationRecord = (
  { functionArn, requestId, event, attempts }: AsyncInvocation,
  outcome: InvocationOutcome,
  nowMs: number,
): object => ({
  version: '1.0',
  timestamp: new Date(nowMs).toISOString(),
  requestContext: {
    requestId,
    functionArn: `${functionArn}:$LATEST`,
    condition: outcome.ok ? 'Success' : 'RetriesExhausted',
    approximateInvokeCount: attempts,
  },
  requestPayload: event,
  responseContext: {
    statusCode: 200,
    executedVersion: '$LATEST',
    ...(outcome.ok ? {} : { functionError: 'Unhandled' }),
  },
  responsePayload: outcome.ok ? outcome.payload : outcome.error,
});
