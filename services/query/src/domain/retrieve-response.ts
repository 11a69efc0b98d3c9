import {
  assertProduced,
  PipelineError,
  type DocumentContract,
  type RetrieveResponseV1,
} from '@alluvium/contracts';
import type { HitHighlights, SearchHit, SearchResult, SnapshotDescription } from '@alluvium/vector-store';

/** Lambda answers at most 6 MB. */
const MAX_ANSWER_BYTES = 5_500_000;

type Result = RetrieveResponseV1['results'][number];

const highlightsOf = ({
  ranges,
  title,
  snippet: { start, end, text },
}: HitHighlights): NonNullable<Result['highlights']> => ({ ranges, title, fragment: { start, end, text } });

/** A hit as callers see it. */
export const resultOf = ({ chunkId, text, highlights, ordinal: _, ...hit }: SearchHit): Result => ({
  id: chunkId,
  ...hit,
  snippet: text,
  ...(highlights && { highlights: highlightsOf(highlights) }),
});

/** What an explained search tells beside its hits. */
export const explanationOf = ({
  plan,
  explanation,
}: SearchResult): Pick<RetrieveResponseV1, 'plan' | 'explanation'> =>
  explanation === undefined
    ? {}
    : { explanation, ...(plan && { plan: { ...plan, recall: String(plan.recall) } }) };

/** A snapshot as callers see it. */
export const snapshotOf = ({
  version,
  publishedAt,
  fence,
  documents,
  chunks,
}: SnapshotDescription): NonNullable<RetrieveResponseV1['snapshot']> => ({
  version,
  publishedAt,
  fence,
  documents,
  chunks,
});

/** The tail as callers see it. */
export const tailOf = (tail: {
  deltas: readonly unknown[];
  chunks: number;
  omitted: number;
}): NonNullable<RetrieveResponseV1['tail']> => ({ ...tail, deltas: tail.deltas.length });

// A caller cannot mend an answer of ours that breaks its contract.
const assertAnswer = <T>(contract: DocumentContract<T>, answer: T): T => {
  try {
    return assertProduced(contract, answer);
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : 'The answer does not fit its schema';
    throw new PipelineError(message, { code: 'DOCUMENT_INVALID', kind: 'internal', cause });
  }
};

/** The answer as JSON. Errors: RESPONSE_TOO_LARGE; DOCUMENT_INVALID, a defect, when it does not fit its contract. */
export const renderAnswer = <T>(contract: DocumentContract<T>, answer: T): string => {
  const json = JSON.stringify(assertAnswer(contract, answer));
  const bytes = Buffer.byteLength(json);
  if (bytes <= MAX_ANSWER_BYTES) return json;
  throw new PipelineError(
    `The answer has ${bytes} bytes, over the ${MAX_ANSWER_BYTES} that one holds: ask for less at once, a smaller k or limit.`,
    { code: 'RESPONSE_TOO_LARGE', kind: 'invalid' },
  );
};
