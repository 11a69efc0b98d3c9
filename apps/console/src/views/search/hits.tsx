import type { RetrieveResponseV1 } from '@alluvium/contracts';
import { Highlighted } from './highlighted.tsx';
import { Why } from './why.tsx';

type Result = RetrieveResponseV1['results'][number];

/** A snippet without highlights is cut here. */
const SHOWN = 280;

const Snippet = ({ snippet, highlights }: Result) => {
  const { start, end } = highlights?.fragment ?? { start: 0, end: Math.min(SHOWN, snippet.length) };
  return (
    <p class="snippet break">
      <Highlighted text={snippet} ranges={highlights?.ranges ?? []} from={start} to={end} />
    </p>
  );
};

const partsOf = ({ explanation, score }: Result): { label: string; value: number; colour: string }[] => {
  const { fused } = explanation ?? {};
  if (fused === undefined) return [{ label: 'score', value: score, colour: 'var(--settle)' }];
  const { dense, lexical } = fused;
  return [
    { label: 'meaning', value: dense.weight * dense.share, colour: 'var(--settle)' },
    { label: 'words', value: lexical.weight * lexical.share, colour: 'var(--fetch)' },
  ];
};

const ScoreBar = ({ result, best }: { result: Result; best: number }) => (
  <span class="score" title={`score ${result.score.toFixed(4)}`}>
    <span class="score-bar" aria-hidden="true">
      {partsOf(result).map(({ label, value, colour }) => (
        <span key={label} style={{ width: `${(100 * Math.max(0, value)) / best}%`, background: colour }} />
      ))}
    </span>
    <span class="mono">{result.score.toFixed(3)}</span>
  </span>
);

const Attributes = ({ attributes }: Result) => (
  <span class="row small">
    {Object.entries(attributes).map(([name, value]) => (
      <span key={name} class="badge">
        {name}: {String(value)}
      </span>
    ))}
  </span>
);

interface HitProps {
  result: Result;
  answer: RetrieveResponseV1;
  best: number;
}

const isWeb = (url: string | undefined): url is string => url !== undefined && /^https?:\/\//.test(url);

const Hit = ({ result, answer, best }: HitProps) => {
  const { title, highlights, documentId, url, explanation, score } = result;
  return (
    <li class="hit">
      <div class="row spread hit-head">
        <h3>
          <Highlighted text={title} ranges={highlights?.title ?? []} />
        </h3>
        <ScoreBar {...{ result, best }} />
      </div>
      <Snippet {...result} />
      <div class="row small">
        {isWeb(url) ? (
          <a href={url} target="_blank" rel="noreferrer" class="break">
            {url}
          </a>
        ) : (
          <span class="muted break">{documentId}</span>
        )}
        <Attributes {...result} />
      </div>
      {explanation !== undefined && (
        <details class="small">
          <summary>Why this hit</summary>
          <Why {...{ explanation, score, answer }} />
        </details>
      )}
    </li>
  );
};

/** The hits of an answer. */
export const Hits = ({ answer }: { answer: RetrieveResponseV1 }) => {
  const best = Math.max(...answer.results.map(({ score }) => score), 0.0001);
  return (
    <ol class="hits">
      {answer.results.map((result) => (
        <Hit key={result.id} {...{ result, answer, best }} />
      ))}
    </ol>
  );
};
