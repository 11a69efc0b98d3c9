import { useState } from 'preact/hooks';
import { DocumentDialog } from '../../parts/document-dialog.tsx';
import { ProblemBox } from '../../parts/problem-box.tsx';
import type { Citation, Turn } from './conversation.ts';

interface AnswerProps {
  turn: Turn;
  onOpen: (citation: Citation) => void;
}

const MARK = /(\[\d+\])/;

// `[2]` in an answer opens the second citation.
const Answer = ({ turn, onOpen }: AnswerProps) => (
  <p class="answer break">
    {(turn.answer ?? '').split(MARK).map((piece, index) => {
      const citation = MARK.test(piece) ? turn.citations[Number(piece.slice(1, -1)) - 1] : undefined;
      return citation === undefined ? (
        <span key={index}>{piece}</span>
      ) : (
        <button key={index} type="button" class="link-button" onClick={() => onOpen(citation)}>
          {piece}
        </button>
      );
    })}
  </p>
);

const Citations = ({ turn, onOpen }: AnswerProps) => (
  <ol class="citations" aria-label="Sources">
    {turn.citations.map((citation, index) => (
      <li key={citation.chunkId}>
        <span class="badge river">{index + 1}</span>
        <span>
          <button type="button" class="link-button" data-citation onClick={() => onOpen(citation)}>
            {citation.title}
          </button>
          {citation.snippet !== undefined && <span class="small muted clamp">{citation.snippet}</span>}
        </span>
      </li>
    ))}
  </ol>
);

/** A question, its answer, and what the answer rests on. */
export const TurnCard = ({ turn, collection }: { turn: Turn; collection: string }) => {
  const [opened, setOpened] = useState<Citation | undefined>(undefined);
  const isWaiting = turn.answer === undefined && turn.problem === undefined;
  return (
    <li class="card stack tight">
      <h2>{turn.question}</h2>
      {isWaiting && <p class="muted">{turn.state}…</p>}
      {turn.answer !== undefined && <Answer turn={turn} onOpen={setOpened} />}
      {turn.citations.length > 0 && <Citations turn={turn} onOpen={setOpened} />}
      <ProblemBox problem={turn.problem} />
      {opened !== undefined && (
        <DocumentDialog place={{ collection, ...opened }} onClose={() => setOpened(undefined)} />
      )}
    </li>
  );
};
