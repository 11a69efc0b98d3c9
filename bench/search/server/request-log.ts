/** One request as the server saw it; times of its own clock. */
export interface LoggedRequest {
  method: string;
  path: string;
  range?: string;
  status: number;
  bytes: number;
  startMs: number;
  endMs: number;
}

/** What the requests of one answer come to. */
export interface Traffic {
  requests: number;
  bytes: number;
  connections: number;
  roundTrips: number;
}

/**
 * The longest chain of requests of which each began after the one before it had ended. Requests that run side by side count once;
 * those that waited for a free connection count again, for their time was spent.
 */
export const chainLength = (requests: readonly Pick<LoggedRequest, 'startMs' | 'endMs'>[]): number => {
  let length = 0;
  let endMs = -Infinity;
  for (const request of [...requests].sort((left, right) => left.endMs - right.endMs)) {
    if (request.startMs < endMs) continue;
    length += 1;
    endMs = request.endMs;
  }
  return length;
};
