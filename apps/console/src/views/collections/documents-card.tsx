import { useState } from 'preact/hooks';
import { call } from '../../api/call.ts';
import { useLoad } from '../../api/use-load.ts';
import { ago, count } from '../../format.ts';
import { DocumentDialog } from '../../parts/document-dialog.tsx';
import { ProblemBox } from '../../parts/problem-box.tsx';

interface Listed {
  documentId: string;
  title: string;
  modified?: string;
  chunks: number;
}

interface Documents {
  documents: Listed[];
  matched: number;
  cursor?: string;
}

const PAGE = 12;

const Row = ({ document, onOpen }: { document: Listed; onOpen: () => void }) => (
  <tr>
    <td>
      <button type="button" class="link-button" onClick={onOpen}>
        {document.title}
      </button>
      <div class="muted small mono break">{document.documentId}</div>
    </td>
    <td class="number">{count(document.chunks)}</td>
    <td class="nowrap small muted">{document.modified === undefined ? '' : ago(document.modified)}</td>
  </tr>
);

const Table = ({ documents, onOpen }: { documents: readonly Listed[]; onOpen: (id: string) => void }) => (
  <div class="scroll" tabIndex={0} role="region" aria-label="Documents">
    <table>
      <thead>
        <tr>
          <th scope="col">Document</th>
          <th scope="col" class="number">
            Chunks
          </th>
          <th scope="col">Modified</th>
        </tr>
      </thead>
      <tbody>
        {documents.map((document) => (
          <Row key={document.documentId} document={document} onOpen={() => onOpen(document.documentId)} />
        ))}
      </tbody>
    </table>
  </div>
);

const Pages = ({ cursor, onTurn }: { cursor: string | undefined; onTurn: (cursor: string) => void }) => (
  <div class="row">
    <button type="button" onClick={() => onTurn('')}>
      From the beginning
    </button>
    <button type="button" disabled={cursor === undefined} onClick={() => onTurn(cursor ?? '')}>
      Further
    </button>
  </div>
);

/** The documents of a collection, a page at a time. */
export const DocumentsCard = ({ collection }: { collection: string }) => {
  const [cursor, setCursor] = useState('');
  const [opened, setOpened] = useState<string | undefined>(undefined);
  const query = new URLSearchParams({ collection, limit: String(PAGE), ...(cursor !== '' && { cursor }) });
  const path = `/api/documents?${query.toString()}`;
  const { value, problem } = useLoad(() => call<Documents>(path), path);
  return (
    <section class="card stack tight" aria-label="Documents of the collection">
      <h2>{value === undefined ? 'Documents' : `${count(value.matched)} documents`}</h2>
      <ProblemBox problem={problem} />
      {value !== undefined && <Table documents={value.documents} onOpen={setOpened} />}
      {value !== undefined && value.matched > PAGE && <Pages cursor={value.cursor} onTurn={setCursor} />}
      {opened !== undefined && (
        <DocumentDialog place={{ collection, documentId: opened }} onClose={() => setOpened(undefined)} />
      )}
    </section>
  );
};
