import type { Random } from './random.ts';

/** What is fed with broken input: answers, or throws. */
export interface FuzzTarget {
  name: string;
  /** One input; the same chance gives the same one. */
  run: (random: Random) => Promise<void>;
}
