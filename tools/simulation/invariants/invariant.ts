/** Something that must hold whenever `Facts` come to be. */
export interface Invariant<Facts> {
  /** As the documentation numbers it. */
  id: string;
  /** In one sentence. */
  says: string;
  /** What breaks it, in words, or undefined. */
  fault: (facts: Facts) => string | undefined;
}

/** An invariant that did not hold. */
export interface Violation {
  invariant: string;
  message: string;
  /** Virtual milliseconds since the start. */
  atMs: number;
}

/** The first fault among several, in words. */
export const firstOf = (...faults: (string | false | undefined)[]): string | undefined =>
  faults.find((fault): fault is string => typeof fault === 'string');
