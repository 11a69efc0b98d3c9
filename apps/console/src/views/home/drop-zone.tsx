import { useState } from 'preact/hooks';
import { collectionNames } from '../../api/collections.ts';
import { filesOfDrop, filesOfInput, type DroppedFile } from './dropped-files.ts';

const Waves = ({ isOver }: { isOver: boolean }) => (
  <svg
    class={`waves ${isOver ? 'over' : ''}`}
    viewBox="0 0 800 120"
    preserveAspectRatio="none"
    aria-hidden="true"
  >
    <path d="M0 30c90-22 170-22 260 0s190 26 280 0 170-22 260 0v90H0z" fill="var(--settle)" />
    <path d="M0 56c90-20 170-20 260 0s190 24 280 0 170-20 260 0v64H0z" fill="var(--embed)" />
    <path d="M0 78c90-16 170-16 260 0s190 20 280 0 170-16 260 0v42H0z" fill="var(--fetch)" />
    <path d="M0 98c90-12 170-12 260 0s190 16 280 0 170-12 260 0v22H0z" fill="var(--derive)" />
  </svg>
);

const FOLDER_INPUT = { webkitdirectory: true } as Record<string, unknown>;

const Choosers = ({ onFiles }: { onFiles: (files: DroppedFile[]) => void }) => {
  const take = (event: Event): void => {
    const input = event.currentTarget as HTMLInputElement;
    onFiles(filesOfInput(input));
    input.value = '';
  };
  return (
    <div class="row">
      <label class="button">
        Choose files
        <input class="visually-hidden" type="file" multiple data-files onChange={take} />
      </label>
      <label class="button">
        Choose a folder
        <input class="visually-hidden" type="file" multiple {...FOLDER_INPUT} onChange={take} />
      </label>
    </div>
  );
};

interface DropZoneProps {
  collection: string;
  onCollection: (name: string) => void;
  onFiles: (files: DroppedFile[]) => void;
}

const CollectionField = ({ collection, onCollection }: Omit<DropZoneProps, 'onFiles'>) => (
  <label class="row small">
    into the collection
    <input
      value={collection}
      list="collections"
      size={12}
      pattern="[a-z0-9][a-z0-9\-]*"
      onInput={(event) => onCollection(event.currentTarget.value)}
    />
    <datalist id="collections">
      {(collectionNames.value ?? []).map((name) => (
        <option key={name} value={name} />
      ))}
    </datalist>
  </label>
);

/** Where files are dropped. */
export const DropZone = ({ collection, onCollection, onFiles }: DropZoneProps) => {
  const [isOver, setOver] = useState(false);
  const drop = (event: DragEvent): void => {
    event.preventDefault();
    setOver(false);
    if (event.dataTransfer !== null) void filesOfDrop(event.dataTransfer).then(onFiles);
  };
  return (
    <section
      class={`drop-zone ${isOver ? 'over' : ''}`}
      aria-label="Drop files here"
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <h2>Drop a file or a folder</h2>
      <p class="muted">
        Markdown, text, HTML, CSV, JSON, DOCX or JSON lines. Seconds later it is searchable.
      </p>
      <Choosers onFiles={onFiles} />
      <CollectionField {...{ collection, onCollection }} />
      <Waves isOver={isOver} />
    </section>
  );
};
