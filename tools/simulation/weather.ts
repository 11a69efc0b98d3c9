import {
  drawFate,
  NO_FAULTS,
  type Fate,
  type FaultRates,
  type QueueFaults,
  type Random,
  type RemoteCall,
  type VirtualProcess,
  type Weather,
} from '@alluvium/testkit/simulation';

/** What goes wrong in one run, and how often. Each run has a mixture of its own: some faults hide others. */
export interface Climate {
  rates: FaultRates;
  queue: QueueFaults;
  /** Of 1, events that the bus accepts and loses. */
  eventsLost: number;
  /** Of 1, entries that the bus does not accept. */
  busRefuses: number;
  /** By how much everything takes longer: slow runs outlive their leases. */
  slowness: number;
  /** Clocks differ by up to this, either way. */
  skewMs: number;
  /** Between two deeds of an operator who means well; undefined: there is none. */
  meddlingEveryMs: number | undefined;
  /** When faults stop, in virtual milliseconds; each epoch has a storm of its own. */
  stormMs: number;
}

const NO_QUEUE_FAULTS: QueueFaults = { lost: 0, duplicated: 0, late: 0 };

const maybe = (random: Random, most: number): number => (random.chance(0.6) ? random.next() * most : 0);

/** A mixture of faults. */
export const drawClimate = (random: Random, { losesEvents }: { losesEvents: boolean }): Climate => ({
  eventsLost: losesEvents ? random.next() * 0.3 : 0,
  rates: {
    refused: maybe(random, 0.06),
    answerLost: maybe(random, 0.08),
    landsLate: maybe(random, 0.04),
    repeated: maybe(random, 0.08),
    death: maybe(random, 0.012),
    pause: maybe(random, random.pick([0.01, 0.05])),
  },
  queue: {
    lost: maybe(random, 0.2),
    duplicated: maybe(random, 0.4),
    late: random.chance(0.2) ? 0.05 : 0,
  },
  busRefuses: maybe(random, 0.1),
  slowness: random.pick([1, 1, 4, 30, 120]),
  skewMs: random.chance(0.5) ? random.between(0, 600_000) : 0,
  meddlingEveryMs: random.chance(0.3) ? random.between(20_000, 1_200_000) : undefined,
  stormMs: random.between(1, 4) * 3_600_000,
});

/** The weather of a run: the climate while the storm lasts, nothing afterwards. */
export interface RunWeather extends Weather {
  isStormy(): boolean;
  queueFaults(isDroppable: boolean): QueueFaults;
  busRefuses(): number;
}

const HOUR_MS = 3_600_000;

const freeze = (process: VirtualProcess, random: Random): void => {
  const forMs = random.chance(0.5) ? random.between(1_000, 90_000) : random.between(90_000, HOUR_MS);
  const stopsClock = random.chance(0.5);
  process.scheduler.note(process.name, `stands still for ${forMs} ms${stopsClock ? ', its clock too' : ''}`);
  process.freeze({ untilMs: process.scheduler.nowMs + forMs, stopsClock });
};

/** Draws what befalls each call of a run. */
export const stormyWeather = (random: Random, climate: Climate, nowMs: () => number): RunWeather => {
  const isStormy = (): boolean => nowMs() < climate.stormMs;
  const fateOf = (process: VirtualProcess, { isWrite }: RemoteCall<unknown>): Fate => {
    const rates = isStormy() ? climate.rates : NO_FAULTS;
    const slowness = isStormy() ? climate.slowness : 1;
    const fate = drawFate(random, { rates, slowness, isWrite });
    if (random.chance(rates.pause)) freeze(process, random);
    return fate;
  };
  return {
    fateOf,
    isStormy,
    // A doorbell may get lost any time; an event only where the reconciler looks for it.
    queueFaults: (isDroppable) => {
      if (!isStormy()) return NO_QUEUE_FAULTS;
      return isDroppable ? climate.queue : { ...climate.queue, lost: climate.eventsLost };
    },
    busRefuses: () => (isStormy() ? climate.busRefuses : 0),
  };
};
