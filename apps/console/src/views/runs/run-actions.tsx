import { useState } from 'preact/hooks';
import { operate } from '../../api/operations.ts';
import { useAction } from '../../api/use-action.ts';
import { ProblemBox } from '../../parts/problem-box.tsx';

interface ActionsProps {
  runId: string;
  isOver: boolean;
  onDone: () => void;
}

/** Cancels a run, or does it again. */
export const RunActions = ({ runId, isOver, onDone }: ActionsProps) => {
  const [summary, setSummary] = useState('');
  const action = useAction(async (operation: string) => {
    const done = await operate(operation, { runId });
    setSummary(done.summary ?? 'Done.');
    onDone();
  });
  return (
    <>
      <div class="row">
        <button type="button" disabled={isOver || action.isBusy} onClick={() => action.run('cancel-run')}>
          Cancel
        </button>
        <button type="button" disabled={!isOver || action.isBusy} onClick={() => action.run('replay-run')}>
          Replay
        </button>
        <span class="small muted" aria-live="polite">
          {action.isBusy ? 'Asked; waiting for the answer…' : summary}
        </span>
      </div>
      <ProblemBox problem={action.problem} />
    </>
  );
};
