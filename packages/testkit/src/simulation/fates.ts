import type { Random } from './random.ts';

/** What befalls one call to a service. Times are virtual milliseconds. */
export interface Fate {
  /** From the call to its effect; undefined: it never has one. */
  landsInMs: number | undefined;
  /** From the call to its answer. */
  answersInMs: number;
  /** `own`: what the service says. `lost`: an error, whatever happened. `again`: the SDK repeats the call and hears of the second one. */
  answer: 'own' | 'lost' | 'again';
  /** The caller dies before its call is sent, or after it had its effect. */
  dies?: 'before' | 'after';
  /** In words, for the trace; empty when all goes well. */
  name: string;
}

/** Of 1, how often each fault befalls a call; a run has rates of its own. */
export interface FaultRates {
  /** Refused before anything happens: throttled, or no connection. */
  refused: number;
  /** It happens, and the answer is an error. */
  answerLost: number;
  /** The answer is an error, and it happens up to 20 minutes later. */
  landsLate: number;
  /** It happens, the SDK repeats it, and the caller hears of the repetition. */
  repeated: number;
  /** The caller dies at this call. */
  death: number;
  /** The caller stands still for up to an hour, right after sending. */
  pause: number;
}

/** No fault at all. */
export const NO_FAULTS: FaultRates = {
  refused: 0,
  answerLost: 0,
  landsLate: 0,
  repeated: 0,
  death: 0,
  pause: 0,
};

const MOST_LATE_MS = 20 * 60_000;
const TIMEOUT_MS = 5_000;

// Now and then a call takes a thousand times as long: this is what lets every other process pass by.
const latencyOf = (random: Random, slowness: number): number => {
  const usual = random.between(4, 40);
  return random.chance(0.03) ? usual * 60 * slowness : usual * slowness;
};

/** Draws what befalls a call that takes a while; `isWrite` is false for calls that change nothing. */
export const drawFate = (
  random: Random,
  { rates, slowness, isWrite }: { rates: FaultRates; slowness: number; isWrite: boolean },
): Fate => {
  const landsInMs = latencyOf(random, slowness);
  const answersInMs = landsInMs + latencyOf(random, slowness);
  const well: Fate = { landsInMs, answersInMs, answer: 'own', name: '' };
  let draw = random.next();
  const falls = (rate: number): boolean => {
    draw -= rate;
    return draw < 0 && draw >= -rate;
  };
  const when = random.chance(0.5) ? 'before' : 'after';
  // As often within the next second as within the next minute or the rest of the 20 minutes.
  const lateInMs = TIMEOUT_MS + Math.round(100 * (MOST_LATE_MS / 100) ** random.next());
  if (falls(rates.refused)) return { ...well, landsInMs: undefined, answer: 'lost', name: 'refused' };
  if (falls(rates.death)) return { ...well, dies: when, name: `dies ${when}` };
  if (!isWrite) return well;
  if (falls(rates.answerLost)) return { ...well, answer: 'lost', name: 'answer lost' };
  if (falls(rates.landsLate))
    return { landsInMs: lateInMs, answersInMs: TIMEOUT_MS, answer: 'lost', name: 'lands late' };
  if (falls(rates.repeated)) return { ...well, answer: 'again', name: 'repeated' };
  return well;
};
