import type { Problem } from '../api/call.ts';

const ADVICE: Record<string, string> = {
  API_UNREACHABLE: 'Start the stack: npm start, or npx alluvium up.',
  CONSOLE_UNREACHABLE: 'Start it again: npm start, or npx alluvium console.',
  COLLECTION_NOT_FOUND: 'Drop a file on the first page, or: npx alluvium ingest <path> --collection <name>.',
  JOB_NOT_FOUND: 'It may be forgotten already; the newest ones are under Runs.',
  VERSION_EXPIRED: 'Choose one of the versions that are still kept.',
  CONFLICT: 'Somebody else is at work on it; try again in a moment.',
};

const ADVICE_OF_STATUS: Record<number, string> = {
  401: 'Give the console a key: ALLUVIUM_API_KEY=… npx alluvium console --endpoint <url>.',
  403: 'Give the console a key that may do this: npx alluvium keys create --scope admin.',
  404: 'This stack does not have it; a newer one may.',
  429: 'Wait a moment and try again.',
  503: 'Try again in a moment.',
};

/** What went wrong, where it did, and what to do. */
export const ProblemBox = ({ problem }: { problem: Problem | undefined }) => {
  if (problem === undefined) return null;
  const advice = ADVICE[problem.code] ?? ADVICE_OF_STATUS[problem.status];
  return (
    <div class="problem" role="alert">
      <strong>{problem.title}</strong> <code class="muted">{problem.code}</code>
      <p class="break">{problem.message}</p>
      {advice !== undefined && <p class="small">{advice}</p>}
    </div>
  );
};
