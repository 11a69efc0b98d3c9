import type { Fate } from './fates.ts';
import type { VirtualProcess } from './virtual-process.ts';

/** A call as a service sees it. */
export interface RemoteCall<T> {
  /** In words, for the trace, such as `PUT indexes/a/HEAD`. */
  label: string;
  /** What it reads or writes that others may write. */
  touches: string;
  isWrite: boolean;
  /** Takes effect at once; throws what the service would answer. */
  apply: () => T;
  /** What the caller's SDK throws when it got no answer, or was refused. */
  failure: (refused: boolean) => Error;
}

/** What befalls each call. */
export interface Weather {
  fateOf(process: VirtualProcess, call: RemoteCall<unknown>): Fate;
}

type Outcome<T> = { value: T } | { error: Error };

const outcomeOf = <T>(apply: () => T): Outcome<T> => {
  try {
    return { value: apply() };
  } catch (error) {
    // Errors of a service have names; one without is a fault of the simulation.
    if (!(error instanceof Error) || error.name === 'Error' || error.name === 'TypeError') throw error;
    return { error };
  }
};

const nameOf = (outcome: Outcome<unknown>): string => {
  if ('value' in outcome) return '';
  const { name, $metadata } = outcome.error as Error & { $metadata?: { httpStatusCode?: number } };
  return ` -> ${$metadata?.httpStatusCode ?? ''} ${name}`;
};

/**
 * Sends a call: it takes effect at one moment and is answered at another, and between the two, as before and after, anybody may do
 * anything. A dead caller hears nothing, but what it sent has its effect.
 */
export const remoteCall = <T>(process: VirtualProcess, weather: Weather, call: RemoteCall<T>): Promise<T> => {
  const { scheduler, name: actor } = process;
  const fate = weather.fateOf(process, call);
  const { label, touches } = call;
  const said = fate.name === '' ? label : `${label} [${fate.name}]`;
  let outcome: Outcome<T> | undefined;
  const land = (): void => {
    outcome = outcomeOf(call.apply);
    if (fate.answer === 'again') outcome = outcomeOf(call.apply);
    if ('error' in outcome) scheduler.note(actor, `${label}${nameOf(outcome)}`);
    if (fate.dies === 'after') process.die();
  };
  if (!process.isAlive) return new Promise(() => undefined);
  if (fate.dies === 'before') {
    scheduler.note(actor, said);
    process.die();
    return new Promise(() => undefined);
  }
  process.waitingFor += 1;
  return new Promise((resolve, reject) => {
    const answer = (inMs: number): void => {
      process.deliver(inMs, `hears of ${said}`, () => {
        process.waitingFor -= 1;
        if (fate.answer === 'lost') reject(call.failure(fate.landsInMs === undefined));
        else if (outcome === undefined) reject(call.failure(true));
        else if ('value' in outcome) resolve(outcome.value);
        else reject(outcome.error);
      });
    };
    const { landsInMs, answersInMs } = fate;
    const isAnsweredFirst = landsInMs === undefined || answersInMs < landsInMs;
    if (isAnsweredFirst) answer(answersInMs);
    if (landsInMs === undefined) return;
    const run = (): void => {
      land();
      if (!isAnsweredFirst) answer(answersInMs - landsInMs);
    };
    scheduler.schedule(landsInMs, { actor, label: said, touches, isWrite: call.isWrite, run });
  });
};
