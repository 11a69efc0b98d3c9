import { useState } from 'preact/hooks';
import { call, post } from '../../api/call.ts';
import type { DeadLetter } from '../../api/dlq.ts';
import { useAction } from '../../api/use-action.ts';
import { useLoad } from '../../api/use-load.ts';
import { ConfirmDialog } from '../../parts/confirm-dialog.tsx';
import { ProblemBox } from '../../parts/problem-box.tsx';
import { LetterRow } from './letter-row.tsx';

interface Redriven {
  redriven: string[];
  kept: { id: string; why: string }[];
}

const tellRedriven = ({ redriven, kept }: Redriven): string =>
  [`${redriven.length} are back where they came from.`, ...kept.map(({ why }) => `One stays: ${why}.`)].join(
    ' ',
  );

interface LettersProps {
  service: string;
  onChange: () => void;
}

const useLetters = ({ service, onChange }: LettersProps) => {
  const path = `/_local/dlq/${service}`;
  const loaded = useLoad(() => call<{ letters: DeadLetter[] }>(path), path);
  const [told, setTold] = useState('');
  const changed = (text: string): void => {
    setTold(text);
    loaded.reload();
    onChange();
  };
  const redrive = useAction(async (ids: string[]) =>
    changed(tellRedriven(await post<Redriven>(`${path}/redrive`, { ids }))),
  );
  const drop = useAction(async (ids: string[]) => {
    const { dropped } = await post<{ dropped: string[] }>(`${path}/drop`, { ids });
    changed(`${dropped.length} deleted for good.`);
  });
  return { ...loaded, told, redrive, drop };
};

interface DropProps {
  onDrop: () => void;
  onClose: () => void;
}

const DropDialog = ({ onDrop, onClose }: DropProps) => (
  <ConfirmDialog title="Drop the message" word="drop" action="Drop it" onConfirm={onDrop} onClose={onClose}>
    It is deleted for good; nothing can bring it back.
  </ConfirmDialog>
);

/** What lies in the dead letters of a service. */
export const QueueLetters = (props: LettersProps) => {
  const { value, problem, told, redrive, drop } = useLetters(props);
  const [dropping, setDropping] = useState<string[] | undefined>(undefined);
  const letters = value?.letters ?? [];
  const isBusy = redrive.isBusy || drop.isBusy;
  const redriveAll = (): void => redrive.run(letters.map(({ id }) => id));
  return (
    <section class="card stack tight" aria-label={`Dead letters of ${props.service}`}>
      <div class="row spread">
        <h2>{props.service}</h2>
        <button type="button" class="primary" disabled={isBusy || letters.length === 0} onClick={redriveAll}>
          Redrive all
        </button>
      </div>
      <p class="small told" aria-live="polite">
        {told}
      </p>
      <ProblemBox problem={problem ?? redrive.problem ?? drop.problem} />
      {value?.letters.length === 0 && <p class="muted">Nothing lies here.</p>}
      <ul class="stack">
        {letters.map((letter) => (
          <LetterRow
            key={letter.id}
            {...{ letter, isBusy }}
            onRedrive={() => redrive.run([letter.id])}
            onDrop={() => setDropping([letter.id])}
          />
        ))}
      </ul>
      {dropping !== undefined && (
        <DropDialog onDrop={() => drop.run(dropping)} onClose={() => setDropping(undefined)} />
      )}
    </section>
  );
};
