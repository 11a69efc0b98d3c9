import type { DeadLetter } from '../../api/dlq.ts';
import { ago } from '../../format.ts';
import { JsonView } from '../../parts/json-view.tsx';

const destinationText = ({ destination }: DeadLetter): string => {
  if (destination.kind === 'queue') return `back to ${destination.arn.split(':').at(-1) ?? ''}`;
  return destination.kind === 'bus' ? 'back to the event bus' : `nowhere: ${destination.why}`;
};

const pretty = (body: string): unknown => {
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return body;
  }
};

interface LetterProps {
  letter: DeadLetter;
  isBusy: boolean;
  onRedrive: () => void;
  onDrop: () => void;
}

/** One message, why it died, and what can be done. */
export const LetterRow = ({ letter, isBusy, onRedrive, onDrop }: LetterProps) => {
  const { what, errorCode, errorMessage, sentAt, body, destination } = letter;
  return (
    <li class="letter stack tight" data-letter>
      <div class="row spread">
        <span class="row">
          <strong class="mono">{what}</strong>
          <span class="badge bad">{errorCode}</span>
          <span class="muted small" title={sentAt}>
            {ago(sentAt)}
          </span>
        </span>
        <span class="row">
          <button type="button" disabled={isBusy || destination.kind === 'nowhere'} onClick={onRedrive}>
            Redrive
          </button>
          <button type="button" class="danger" disabled={isBusy} onClick={onDrop}>
            Drop
          </button>
        </span>
      </div>
      {errorMessage !== '' && <p class="break">{errorMessage}</p>}
      <p class="muted small">Redriven, it goes {destinationText(letter)}.</p>
      <details>
        <summary>The message</summary>
        <JsonView label="Message" value={pretty(body)} />
      </details>
    </li>
  );
};
