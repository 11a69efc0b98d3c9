import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

interface DialogProps {
  title: ComponentChildren;
  label: string;
  children: ComponentChildren;
  onClose: () => void;
}

/** Something looked at closely, over everything else. */
export const Dialog = ({ title, label, children, onClose }: DialogProps) => {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  return (
    <dialog ref={dialog} class="wide" onClose={onClose} aria-label={label}>
      <div class="stack tight">
        <div class="row spread dialog-head">
          <h2 class="break">{title}</h2>
          <button type="button" onClick={() => dialog.current?.close()}>
            Close
          </button>
        </div>
        {children}
      </div>
    </dialog>
  );
};
