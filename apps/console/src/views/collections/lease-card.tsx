import { useState } from 'preact/hooks';
import { operate } from '../../api/operations.ts';
import type { LeaseItem } from '../../api/snapshots.ts';
import { useAction } from '../../api/use-action.ts';
import { clock } from '../../format.ts';
import { Badge } from '../../parts/badge.tsx';
import { ConfirmDialog } from '../../parts/confirm-dialog.tsx';
import { ProblemBox } from '../../parts/problem-box.tsx';

const Holder = ({ lease }: { lease: LeaseItem }) => (
  <p class="small">
    {lease.runId ?? 'A compactor'} has it
    {lease.heartbeatAtMs !== undefined && `, last heard of at ${clock(lease.heartbeatAtMs)}`}
    {lease.expiresAtMs !== undefined && `, until ${clock(lease.expiresAtMs)}`}
  </p>
);

interface LeaseProps {
  collection: string;
  lease: LeaseItem | null;
  reload: () => void;
}

const Breaker = ({ collection, lease, reload }: LeaseProps & { lease: LeaseItem }) => {
  const [isAsking, setAsking] = useState(false);
  const take = useAction(async () => {
    await operate('break-lock', { collection, ...(lease.rvn !== undefined && { rvn: lease.rvn }) });
    reload();
  });
  return (
    <>
      <Holder lease={lease} />
      <div>
        <button type="button" class="danger" disabled={take.isBusy} onClick={() => setAsking(true)}>
          Break the lock
        </button>
      </div>
      <ProblemBox problem={take.problem} />
      {isAsking && (
        <ConfirmDialog
          title="Break the lock"
          word={collection}
          action="Break it"
          onConfirm={() => take.run()}
          onClose={() => setAsking(false)}
        >
          Whoever holds it can no longer publish once somebody else has.
        </ConfirmDialog>
      )}
    </>
  );
};

/** Who is changing a collection. */
export const LeaseCard = ({ collection, lease, reload }: LeaseProps) => {
  const isHeld = lease?.state === 'HELD';
  return (
    <section class="card stack tight" aria-label="Lock">
      <div class="row spread">
        <h2>Lock</h2>
        <Badge tone={isHeld ? 'warn' : 'good'}>{isHeld ? 'held' : 'free'}</Badge>
      </div>
      <p class="small muted">
        {lease === null
          ? 'Nobody ever took it.'
          : `Fence ${lease.fence}: nobody with a smaller one can publish.`}
      </p>
      {isHeld && <Breaker {...{ collection, lease, reload }} />}
    </section>
  );
};
