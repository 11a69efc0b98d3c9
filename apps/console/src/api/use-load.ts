import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { asProblem, type Problem } from './call.ts';

/** What is known of something that is fetched. */
export interface Loaded<T> {
  value: T | undefined;
  problem: Problem | undefined;
  isLoading: boolean;
  reload: () => void;
}

/** Fetches now, when `key` changes, and, with `everyMs`, again and again; the last value stays while the next one comes. */
export const useLoad = <T>(load: () => Promise<T>, key: string, everyMs?: number): Loaded<T> => {
  const [state, setState] = useState<{ key: string; value?: T; problem?: Problem; isLoading: boolean }>({
    key,
    isLoading: true,
  });
  const latest = useRef(load);
  latest.current = load;
  const generation = useRef(0);
  const reload = useCallback(() => {
    const mine = (generation.current += 1);
    const settle = (outcome: { value?: T; problem?: Problem }): void => {
      if (mine === generation.current) setState({ key, ...outcome, isLoading: false });
    };
    latest.current().then(
      (value) => settle({ value }),
      (error: unknown) => settle({ problem: asProblem(error) }),
    );
  }, [key]);
  useEffect(() => {
    setState((before) => ({ ...(before.key === key ? before : { key }), isLoading: true }));
    reload();
    const timer = everyMs === undefined ? undefined : setInterval(reload, everyMs);
    return () => {
      generation.current += 1;
      clearInterval(timer);
    };
  }, [key, everyMs]);
  const { value, problem, isLoading } = state;
  return { value: state.key === key ? value : undefined, problem, isLoading, reload };
};
