import { describe, expect, it } from '@jest/globals';
import {
  NO_FAULTS,
  drawFate,
  newTrace,
  ownTimers,
  Scheduler,
  seededRandom,
  VirtualProcess,
  type Fate,
} from '../../src/simulation.ts';
import { remoteCall } from '../../src/simulation/remote-call.ts';

const runAll = async (scheduler: Scheduler): Promise<void> => {
  while (await scheduler.step()) continue;
};

const WELL: Fate = { landsInMs: 10, answersInMs: 20, answer: 'own', name: '' };

const call = (process: VirtualProcess, fate: Partial<Fate>, apply: () => string): Promise<string> =>
  remoteCall(
    process,
    { fateOf: () => ({ ...WELL, ...fate }) },
    { label: 'PUT', touches: 'x', isWrite: true, apply, failure: () => new Error('no answer') },
  );

describe('the scheduler', () => {
  it('lets things happen in the order of virtual time, however they were scheduled', async () => {
    const scheduler = new Scheduler(newTrace());
    const seen: string[] = [];
    for (const [name, inMs] of [
      ['late', 30],
      ['early', 10],
      ['same', 10],
    ] as const)
      scheduler.schedule(inMs, {
        actor: name,
        label: '',
        run: () => void seen.push(`${name} ${scheduler.nowMs}`),
      });
    await runAll(scheduler);
    expect(seen).toEqual(['early 10', 'same 10', 'late 30']);
  });

  it('has a fingerprint that tells two courses apart', async () => {
    const course = async (label: string): Promise<string> => {
      const trace = newTrace();
      const scheduler = new Scheduler(trace);
      scheduler.schedule(1, { actor: 'a', label, run: () => undefined });
      await runAll(scheduler);
      return trace.fingerprint();
    };
    expect(await course('one')).toBe(await course('one'));
    expect(await course('one')).not.toBe(await course('other'));
  });
});

describe('a process', () => {
  it('takes up what arrived while it stood still, and its own clock may not have moved', async () => {
    const scheduler = new Scheduler(newTrace());
    const [stopped, running] = [new VirtualProcess(scheduler, 'a'), new VirtualProcess(scheduler, 'b')];
    stopped.freeze({ untilMs: 1_000, stopsClock: true });
    running.freeze({ untilMs: 1_000, stopsClock: false });
    const seen: number[] = [];
    for (const process of [stopped, running])
      process.deliver(10, 'arrives', () => seen.push(scheduler.nowMs, process.clock.monotonicMs()));
    await runAll(scheduler);
    expect(seen).toEqual([1_000, 0, 1_000, 1_000]);
  });

  it('never hears anything once it is dead, and what it sent takes effect', async () => {
    const scheduler = new Scheduler(newTrace());
    const process = new VirtualProcess(scheduler, 'a');
    const seen: string[] = [];
    const answer = call(process, { dies: 'after' }, () => (seen.push('landed'), 'ok'));
    void answer.then(() => seen.push('heard'));
    await runAll(scheduler);
    expect(seen).toEqual(['landed']);
    expect(process.isAlive).toBe(false);
  });

  it('owns the timers that are set while it runs', async () => {
    const scheduler = new Scheduler(newTrace());
    const process = new VirtualProcess(scheduler, 'a');
    const giveBack = ownTimers(scheduler);
    const seen: number[] = [];
    try {
      process.deliver(0, 'begins', () => {
        const timer = setInterval(() => {
          seen.push(scheduler.nowMs);
          if (seen.length === 3) clearInterval(timer);
        }, 15_000);
      });
      await runAll(scheduler);
    } finally {
      giveBack();
    }
    expect(seen).toEqual([15_000, 30_000, 45_000]);
  });
});

describe('a call', () => {
  const outcome = async (fate: Partial<Fate>): Promise<{ heard: string; effects: number }> => {
    const scheduler = new Scheduler(newTrace());
    let effects = 0;
    let heard = 'nothing';
    const apply = (): string => {
      effects += 1;
      return `effect ${effects}`;
    };
    call(new VirtualProcess(scheduler, 'a'), fate, apply).then(
      (answer) => (heard = answer),
      () => (heard = 'failure'),
    );
    await runAll(scheduler);
    return { heard, effects };
  };

  it.each<[string, Partial<Fate>, string, number]>([
    ['is answered', {}, 'effect 1', 1],
    ['is refused', { landsInMs: undefined, answer: 'lost' }, 'failure', 0],
    ['loses its answer', { answer: 'lost' }, 'failure', 1],
    ['lands after its failure', { landsInMs: 500, answer: 'lost' }, 'failure', 1],
    ['is repeated', { answer: 'again' }, 'effect 2', 2],
    ['dies before', { dies: 'before' }, 'nothing', 0],
  ])('%s', async (_, fate, heard, effects) => {
    expect(await outcome(fate)).toEqual({ heard, effects });
  });
});

describe('fates', () => {
  it('are all good without faults', () => {
    const random = seededRandom('calm');
    const fates = Array.from({ length: 200 }, () =>
      drawFate(random, { rates: NO_FAULTS, slowness: 1, isWrite: true }),
    );
    expect(
      fates.every(({ answer, dies, name }) => answer === 'own' && dies === undefined && name === ''),
    ).toBe(true);
  });

  it('spare reads what only writes can meet', () => {
    const random = seededRandom('storm');
    const rates = { ...NO_FAULTS, answerLost: 0.3, landsLate: 0.3, repeated: 0.3 };
    const names = (isWrite: boolean) =>
      new Set(Array.from({ length: 200 }, () => drawFate(random, { rates, slowness: 1, isWrite }).name));
    expect(names(false)).toEqual(new Set(['']));
    expect(names(true)).toEqual(new Set(['', 'answer lost', 'lands late', 'repeated']));
  });
});
