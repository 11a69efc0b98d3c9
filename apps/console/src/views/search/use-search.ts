import type { RetrieveResponseV1 } from '@alluvium/contracts';
import { useEffect, useState } from 'preact/hooks';
import { post, Problem } from '../../api/call.ts';
import { requestOf, type SearchState } from './search-state.ts';

/** While somebody types, only what stands this long is asked. */
const PAUSE_MS = 160;

interface Found {
  answer?: RetrieveResponseV1;
  problem?: Problem;
  roundTripMs: number;
  isLoading: boolean;
}

/** Asks when the search changes; the last answer stays until the next one comes. */
export const useSearch = (state: SearchState): Found => {
  const [found, setFound] = useState<Found>({ roundTripMs: 0, isLoading: false });
  const body = state.q.trim() === '' ? '' : JSON.stringify(requestOf(state));
  useEffect(() => {
    if (body === '') {
      setFound({ roundTripMs: 0, isLoading: false });
      return undefined;
    }
    const abort = new AbortController();
    setFound((before) => ({ ...before, isLoading: true }));
    const timer = setTimeout(() => {
      const startMs = performance.now();
      post<RetrieveResponseV1>('/api/retrieve', JSON.parse(body), { signal: abort.signal }).then(
        (answer) => setFound({ answer, roundTripMs: performance.now() - startMs, isLoading: false }),
        (error: unknown) => {
          if (error instanceof Problem) setFound({ problem: error, roundTripMs: 0, isLoading: false });
        },
      );
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [body]);
  return found;
};
