import { randomBytes } from 'node:crypto';
import type { Clock } from '../common/clock.ts';
import type { Store } from '../common/store.ts';
import { put, type StoreOperation } from './records.ts';

const ROW = 'sequence';
const TICKS_PER_MS = 1000;

/** Numbers that only grow, also over restarts and when the clock is set back: they order versions and events. */
export class Sequence {
  readonly #clock: Clock;
  #last: number;

  private constructor(clock: Clock, last: number) {
    this.#clock = clock;
    this.#last = last;
  }

  static async open(store: Store, clock: Clock): Promise<Sequence> {
    const stored = await store.get(ROW);
    return new Sequence(clock, typeof stored === 'number' ? stored : 0);
  }

  /** The operation belongs in the batch that uses the number. */
  next(): { value: number; operation: StoreOperation } {
    this.#last = Math.max(this.#last + 1, Math.floor(this.#clock.nowMs()) * TICKS_PER_MS);
    return { value: this.#last, operation: put(ROW, this.#last) };
  }
}

/** 32 characters that sort newest first; also the id of the version. */
export const orderOf = (sequence: number): string =>
  (Number.MAX_SAFE_INTEGER - sequence).toString(16).padStart(14, '0') + randomBytes(9).toString('hex');

/** True for an id this server could have given out. */
export const isVersionId = (id: string): boolean => id === 'null' || /^[\da-f]{32}$/.test(id);

/** As in S3 events: hexadecimal of even length, comparable as text for one key. */
export const sequencerOf = (sequence: number): string =>
  sequence.toString(16).toUpperCase().padStart(18, '0');
