import { useEffect, useState } from 'preact/hooks';

const TICK_MS = 100;

/** Draws again and again while something is under way. */
export const useTicking = (isUnderWay: boolean): void => {
  const [, setTick] = useState(0);
  useEffect(() => {
    if (!isUnderWay) return undefined;
    const timer = setInterval(() => setTick((tick) => tick + 1), TICK_MS);
    return () => clearInterval(timer);
  }, [isUnderWay]);
};
