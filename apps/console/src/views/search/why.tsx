import type { RetrieveResponseV1 } from '@alluvium/contracts';

type Result = RetrieveResponseV1['results'][number];
type Explanation = NonNullable<Result['explanation']>;
type Part = NonNullable<Explanation['fused']>['dense'];

const rounded = (value: number): string => value.toFixed(3);

const rankText = (rank: number | undefined): string =>
  rank === undefined ? 'not in the list' : `rank ${rank}`;

const shareText = (part: Part | undefined): string =>
  part === undefined
    ? ''
    : `${part.weight} × ${part.share.toFixed(4)} = ${rounded(part.weight * part.share)}`;

const Terms = ({ terms }: { terms: NonNullable<Explanation['lexical']>['terms'] }) => {
  const most = Math.max(...terms.map(({ score }) => score), 0.001);
  return (
    <ul class="terms">
      {terms.map(({ term, score, frequency, length, weight }) => (
        <li key={term}>
          <code>{term}</code>
          <span class="term-bar">
            <span style={{ width: `${(100 * score) / most}%` }} />
          </span>
          <span class="muted small">
            {rounded(score)}: {frequency} of {length} terms, weight {rounded(weight)}
          </span>
        </li>
      ))}
    </ul>
  );
};

const DenseRow = ({ dense, fused }: Explanation) => (
  <tr>
    <th scope="row">
      <span class="swatch" style={{ background: 'var(--settle)' }} />
      meaning
    </th>
    <td>{dense === undefined ? 'not compared' : `cosine ${rounded(dense.score)}`}</td>
    <td>{rankText(dense?.rank)}</td>
    <td class="mono">{shareText(fused?.dense)}</td>
  </tr>
);

const LexicalRow = ({ lexical, fused }: Explanation) => (
  <tr>
    <th scope="row">
      <span class="swatch" style={{ background: 'var(--fetch)' }} />
      words
    </th>
    <td>{lexical === undefined ? 'none of the query' : `BM25 ${rounded(lexical.score)}`}</td>
    <td>{rankText(lexical?.rank)}</td>
    <td class="mono">{shareText(fused?.lexical)}</td>
  </tr>
);

interface WhyProps {
  explanation: Explanation;
  score: number;
  answer: RetrieveResponseV1;
}

const sumText = ({ fused }: Explanation, score: number): string => {
  if (fused === undefined) return `score ${rounded(score)}`;
  const parts = [fused.dense, fused.lexical];
  return `${fused.fusion}: ${parts.map(({ weight, share }) => rounded(weight * share)).join(' + ')} = ${rounded(score)}`;
};

// What is not settled yet lies in a delta.
const placeText = (key: string): string =>
  `${key.startsWith('embeddings/') ? 'delta' : 'segment'} ${key.split('/').at(-1)?.slice(0, 16) ?? ''}`;

/** How a hit came by its score. */
export const Why = ({ explanation, score, answer }: WhyProps) => {
  const { dense, lexical, fused, segment } = explanation;
  return (
    <div class="why">
      <div class="scroll">
        <table>
          <tbody>
            {(dense !== undefined || fused !== undefined) && <DenseRow {...explanation} />}
            {(lexical !== undefined || fused !== undefined) && <LexicalRow {...explanation} />}
          </tbody>
        </table>
      </div>
      {lexical !== undefined && <Terms terms={lexical.terms} />}
      <p class="mono">{sumText(explanation, score)}</p>
      <p class="small muted break">
        {placeText(segment)}
        {answer.snapshot !== undefined && `, snapshot ${answer.snapshot.version}`}
      </p>
    </div>
  );
};
