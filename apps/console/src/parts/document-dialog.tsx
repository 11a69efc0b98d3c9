import { useEffect, useRef } from 'preact/hooks';
import { loadDocument, type StoredDocument } from '../api/documents.ts';
import { useLoad } from '../api/use-load.ts';
import { Dialog } from './dialog.tsx';
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
  const key = `${collection} ${documentId}`;
  const { value, problem } = useLoad(() => loadDocument(collection, documentId), key);
  return (
    <Dialog title={value?.title ?? 'Document'} label="Document" onClose={onClose}>
      <p class="muted small mono break">{documentId}</p>
      <ProblemBox problem={problem} />
      {value !== undefined && <Chunks document={value} chunkId={chunkId} />}
    </Dialog>
  );
};
