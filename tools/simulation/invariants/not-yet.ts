/** An invariant of the protocol that the simulation does not check. */
export interface NotYet {
  id: string;
  says: string;
  /** What has to be there, or to take part, before it can be. */
  waitsFor: string;
}

/** Said in every report, so that nobody takes silence for a pass. */
export const NOT_YET: readonly NotYet[] = [
  {
    id: 'S12',
    says: 'run.completed is emitted once for each run',
    waitsFor: 'the orchestrator does not take part in the simulation',
  },
  {
    id: 'S15',
    says: 'a checkpoint is never ahead of durable raw objects',
    waitsFor: 'ingest does not take part in the simulation',
  },
  {
    id: 'S16 (jobs)',
    says: 'terminal states of jobs absorb',
    waitsFor: 'the orchestrator does not take part in the simulation; ends of inbox items are checked',
  },
  {
    id: 'S19',
    says: 'a document dropped as unchanged is in HEAD or in a delta',
    waitsFor: 'ingest does not take part in the simulation',
  },
];
