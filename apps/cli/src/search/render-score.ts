import type { RetrieveResponseV1 } from '@alluvium/contracts';
import { count } from '../output.ts';
import { wrap } from '../schemas/wrap.ts';

type Result = RetrieveResponseV1['results'][number];
type Explanation = NonNullable<Result['explanation']>;
type Part = NonNullable<Explanation['fused']>['dense'];

const rounded = (value: number): string => value.toFixed(3);

const placeOf = ({ rank }: { rank?: number }): string =>
  rank === undefined ? 'not in its list' : `rank ${count(rank)}`;

const partOf = (part: Part | undefined): string =>
  part === undefined
    ? ''
    : `  ${part.weight} x ${part.share.toFixed(4)} = ${rounded(part.weight * part.share)}`;

/** Columns before what a line says. */
const INDENT = 8;

const termsOf = ({ terms }: NonNullable<Explanation['lexical']>): string =>
  terms
    .map(
      ({ term, score, frequency, length }) => `${term} ${rounded(score)} (${frequency} of ${length} terms)`,
    )
    .join(' + ');

const denseLines = ({ dense, fused }: Explanation): string[] =>
  dense === undefined && fused === undefined
    ? []
    : [
        dense === undefined
          ? `vector  not compared${partOf(fused?.dense)}`
          : `vector  cosine ${rounded(dense.score)}, ${placeOf(dense)}${partOf(fused?.dense)}`,
      ];

const lexicalLines = ({ lexical, fused }: Explanation, width: number): string[] => {
  if (lexical === undefined && fused === undefined) return [];
  if (lexical === undefined) return [`words   none of the query${partOf(fused?.lexical)}`];
  const bm25 = `words   BM25 ${rounded(lexical.score)}, ${placeOf(lexical)}${partOf(fused?.lexical)}`;
  return [bm25, ...wrap(termsOf(lexical), width, INDENT).split('\n')];
};

/** How the score of a hit came about; nothing where it was not asked. */
export const renderScore = ({ explanation }: Result, width: number): string[] =>
  explanation === undefined ? [] : [...denseLines(explanation), ...lexicalLines(explanation, width)];

/** The last part of a key, which tells one object from another. */
const nameOf = (key: string): string => key.split('/').at(-1)?.slice(0, 12) ?? key;

const planLines = ({ plan }: RetrieveResponseV1): string[] => {
  if (plan === undefined) return [];
  const { recall, segments, rowsScored, rowsEstimated, clustersProbed } = plan;
  const estimated = rowsEstimated === 0 ? '' : `, ${count(rowsEstimated)} estimated by codes`;
  const probed = clustersProbed === 0 ? '' : `, ${count(clustersProbed)} clusters probed`;
  return [
    `plan    recall ${recall}: ${count(rowsScored)} chunks compared${estimated}${probed}`,
    ...segments.map(
      ({ key, rows, matched, way, why }) =>
        `        ${nameOf(key)}  ${way}, ${count(matched)} of ${count(rows)} chunks: ${why}`,
    ),
  ];
};

const listLines = ({ explanation }: RetrieveResponseV1): string[] => {
  const { dense, lexical } = explanation ?? {};
  return [
    ...(dense === undefined
      ? []
      : [`vector  ${count(dense.rows)} ranked, cosine ${rounded(dense.floor)} to ${rounded(dense.top)}`]),
    ...(lexical === undefined
      ? []
      : [
          `words   ${count(lexical.rows)} ranked, BM25 up to ${rounded(lexical.top)}; ` +
            `${lexical.averageLength.toFixed(1)} terms in the average chunk`,
          ...lexical.terms.map(
            ({ term, rows, weight }) => `        ${term}: in ${count(rows)}, weight ${rounded(weight)}`,
          ),
        ]),
  ];
};

/** In the order in which things happen. */
const STEPS = ['embed', 'open', 'search', 'filter', 'dense', 'lexical', 'fuse', 'fetch', 'total'];

const costLines = ({ timings, read }: RetrieveResponseV1, width: number): string[] => {
  const msOf: Record<string, number | undefined> = timings;
  const times = STEPS.flatMap((step) => {
    const ms = msOf[`${step}Ms`];
    return ms === undefined ? [] : [`${step} ${ms.toFixed(1)}`];
  });
  const [first = '', ...others] = wrap(`${times.join(', ')} ms`, width, INDENT).split('\n');
  return [
    `time    ${first.slice(INDENT)}`,
    ...others,
    `read    ${count(read.requests)} requests, ${count(read.bytes)} bytes`,
  ];
};

/** How an explained search went. */
export const renderPlan = (answer: RetrieveResponseV1, width: number): string[] =>
  [...planLines(answer), ...listLines(answer), ...costLines(answer, width)].map((line) =>
    line.length <= width ? line : `${line.slice(0, width - 1)}…`,
  );
