import { useState } from 'preact/hooks';
import { DocumentDialog } from '../../parts/document-dialog.tsx';
import { ProblemBox } from '../../parts/problem-box.tsx';
import type { Answer, Citation, Turn } from './conversation.ts';

interface AnswerProps {
  answer: Answer;
  onOpen: (citation: Citation) => void;
}

const MARK = /(\[\d+\])/;

// `[2]` opens what has that number.
const AnswerText = ({ answer, onOpen }: AnswerProps) => (
  <p class="answer break">
    {answer.answer.split(MARK).map((piece, index) => {
      const number = MARK.test(piece) ? Number(piece.slice(1, -1)) : 0;
      const citation = answer.citations.find((known) => known.number === number);
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

const Citations = ({ answer, onOpen }: AnswerProps) => (
  <ol class="citations" aria-label="Sources">
    {answer.citations.map((citation) => (
      <li key={citation.number}>
        <span class="badge river">{citation.number}</span>
        <span>
          <button type="button" class="link-button" data-citation onClick={() => onOpen(citation)}>
            {citation.title}
          </button>
          {citation.quote !== undefined && <span class="small muted clamp">{citation.quote}</span>}
        </span>
      </li>
    ))}
  </ol>
);

const providerText = ({ provider }: Answer): string =>
  provider === undefined
    ? ''
    : `Answered by ${[provider.name, provider.model].filter((part) => part !== undefined).join(', ')}.`;

const Answered = ({ answer, onOpen }: AnswerProps) => (
  <>
    <AnswerText {...{ answer, onOpen }} />
    {answer.notice !== undefined && <p class="small">{answer.notice}</p>}
    {answer.citations.length > 0 && <Citations {...{ answer, onOpen }} />}
    <p class="small muted">{providerText(answer)}</p>
  </>
);

/** A question, its answer, and what the answer rests on. */
export const TurnCard = ({ turn, collection }: { turn: Turn; collection: string }) => {
  const [opened, setOpened] = useState<Citation | undefined>(undefined);
  const { answer, problem, question, state } = turn;
  return (
    <li class="card stack tight">
      <h2>{question}</h2>
      {answer === undefined && problem === undefined && <p class="muted">{state}…</p>}
      {answer !== undefined && <Answered answer={answer} onOpen={setOpened} />}
      <ProblemBox problem={problem} />
      {opened !== undefined && (
        <DocumentDialog place={{ collection, ...opened }} onClose={() => setOpened(undefined)} />
      )}
    </li>
  );
};
