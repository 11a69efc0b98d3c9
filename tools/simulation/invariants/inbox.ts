import { firstOf, type Invariant } from './invariant.ts';

/** Where a delta of the inbox stands. */
export type DeltaState = 'ABSENT' | 'PENDING' | 'APPLIED' | 'REJECTED';

/** An attempt's delta whose event was acknowledged, and where it stands. */
export interface Acknowledged {
  name: string;
  state: DeltaState;
}

/** Whoever acknowledges an event answers for its delta. */
export const neverAbsent: Invariant<Acknowledged> = {
  id: 'S5',
  says: 'an acknowledged delta is PENDING, APPLIED or REJECTED, never absent',
  fault: ({ name, state }) => (state === 'ABSENT' ? `${name} was acknowledged and is nowhere` : undefined),
};

/** An inbox item's change of state that took effect. */
export interface InboxMove {
  name: string;
  before: DeltaState;
  after: DeltaState;
  /** The delta is in a committed version. */
  isCommitted: boolean;
  /** It can never be applied. */
  isPoison: boolean;
  /** The world was told how it ended. */
  isTold: boolean;
}

/** An item's end is written down last: before it come the commit and the announcement. */
export const pendingUntilCommitted: Invariant<InboxMove> = {
  id: 'S18',
  says: 'no inbox item leaves PENDING before the commit that covers it, nor before the world was told',
  fault: ({ name, after, isCommitted, isPoison, isTold }) => {
    if (after !== 'APPLIED' && after !== 'REJECTED') return undefined;
    return firstOf(
      after === 'APPLIED' && !isCommitted && `${name} is marked APPLIED and is in no version`,
      after === 'REJECTED' && isCommitted && `${name} is marked REJECTED and is in the snapshot`,
      after === 'REJECTED' && !isPoison && `${name} is marked REJECTED, and nothing is wrong with it`,
      !isTold && `${name} is marked ${after} and nobody was told`,
    );
  },
};

/** Ends are ends. The jobs of the orchestrator keep the same promise; here it is kept by inbox items. */
export const endsAbsorb: Invariant<InboxMove> = {
  id: 'S16',
  says: 'an inbox item that is APPLIED or REJECTED stays so',
  fault: ({ name, before, after }) =>
    (before === 'APPLIED' || before === 'REJECTED') && after !== before
      ? `${name} was ${before} and becomes ${after}`
      : undefined,
};

/** What an event says of a part. */
export interface Told {
  name: string;
  end: 'applied' | 'rejected';
  isCommitted: boolean;
  isPoison: boolean;
}

/** Completion of a run is worked out of these events alone, so each of them must be true. */
export const toldIsTrue: Invariant<Told> = {
  id: 'S11',
  says: 'a part is announced as applied only when it is in a committed version, as rejected only when it never can be',
  fault: ({ name, end, isCommitted, isPoison }) =>
    firstOf(
      end === 'applied' && !isCommitted && `${name} is announced as applied and is in no version`,
      end === 'rejected' && isCommitted && `${name} is announced as rejected and is in the snapshot`,
      end === 'rejected' && !isPoison && `${name} is announced as rejected, and nothing is wrong with it`,
    ),
};
