import { useEffect, useRef } from 'preact/hooks';
import { loadDocument, type StoredDocument } from '../api/documents.ts';
import { useLoad } from '../api/use-load.ts';
import { ProblemBox } from './problem-box.tsx';

/** A document, or one chunk of it. */
export interface DocumentPlace {
  collection: string;
  documentId: string;
  chunkId?: string;
}

const Chunks = ({ document, chunkId }: { document: StoredDocument; chunkId: string | undefined }) => {
  const cited = useRef<HTMLLIElement>(null);
  useEffect(() => {
    cited.current?.scrollIntoView({ block: 'center' });
  }, []);
  return (
    <ol class="chunks">
      {document.chunks.map(({ id, ordinal, text }) => (
        <li key={id} class={id === chunkId ? 'cited' : ''} {...(id === chunkId && { ref: cited })}>
          <span class="muted small mono">{ordinal}</span>
          <p class="break">{text}</p>
        </li>
      ))}
    </ol>
  );
};

/** A document as it was cut into chunks; the one that is meant stands out. */
export const DocumentDialog = ({ place, onClose }: { place: DocumentPlace; onClose: () => void }) => {
  const { collection, documentId, chunkId } = place;
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  const { value, problem } = useLoad(
    () => loadDocument(collection, documentId),
    `${collection} ${documentId}`,
  );
  return (
    <dialog ref={dialog} class="wide" onClose={onClose} aria-label="Document">
      <div class="stack tight">
        <div class="row spread">
          <h2>{value?.title ?? 'Document'}</h2>
          <button type="button" onClick={() => dialog.current?.close()}>
            Close
          </button>
        </div>
        <p class="muted small mono break">{documentId}</p>
        <ProblemBox problem={problem} />
        {value !== undefined && <Chunks document={value} chunkId={chunkId} />}
      </div>
    </dialog>
  );
};
