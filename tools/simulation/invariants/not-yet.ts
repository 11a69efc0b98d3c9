/** An invariant of the protocol that the simulation does not check. */
export interface NotYet {
  id: string;
  says: string;
  /** What has to be there, or to take part, before it can be. */
  waitsFor: string;
}

/** Said in every report, so that nobody takes silence for a pass. */
export const NOT_YET: readonly NotYet[] = [];
