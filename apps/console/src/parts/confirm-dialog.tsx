import { useEffect, useRef, useState } from 'preact/hooks';
import type { ComponentChildren } from 'preact';

interface ConfirmProps {
  title: string;
  /** What must be typed before it is done. */
  word: string;
  action: string;
  children: ComponentChildren;
  onConfirm: () => void;
  onClose: () => void;
}

/** Asks before something is done that is hard to undo: its name has to be typed. */
export const ConfirmDialog = ({ title, word, action, children, onConfirm, onClose }: ConfirmProps) => {
  const dialog = useRef<HTMLDialogElement>(null);
  const [typed, setTyped] = useState('');
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  const submit = (event: Event): void => {
    event.preventDefault();
    if (typed !== word) return;
    onConfirm();
    onClose();
  };
  return (
    <dialog ref={dialog} onClose={onClose} aria-labelledby="confirm-title">
      <form class="stack" onSubmit={submit}>
        <h2 id="confirm-title">{title}</h2>
        <div>{children}</div>
        <label class="field">
          <span>
            Type <code>{word}</code> to go on
          </span>
          <input value={typed} autocomplete="off" onInput={(event) => setTyped(event.currentTarget.value)} />
        </label>
        <div class="row">
          <button type="submit" class="primary" disabled={typed !== word}>
            {action}
          </button>
          <button type="button" onClick={onClose}>
            Leave it
          </button>
        </div>
      </form>
    </dialog>
  );
};
