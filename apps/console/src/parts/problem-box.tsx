import type { Problem } from '../api/call.ts';

const ADVICE: Record<string, string> = {
  API_UNREACHABLE: 'Start the stack: npm start, or npx alluvium up.',
  CONSOLE_UNREACHABLE: 'Start it again: npm start, or npx alluvium console.',
  COLLECTION_NOT_FOUND: 'Drop a file on the first page, or: npx alluvium ingest <path> --collection <name>.',
  JOB_NOT_FOUND: 'It may be forgotten already; the newest ones are under Runs.',
  VERSION_EXPIRED: 'Choose one of the versions that are still kept.',
  UNAUTHORIZED: 'Give the console a key: ALLUVIUM_API_KEY=… npx alluvium console --endpoint <url>.',
  HTTP_404: 'This stack does not have it; a newer one may.',
  HTTP_403: 'Give the console a key that may do this.',
  HTTP_401: 'Give the console a key: ALLUVIUM_API_KEY=… npx alluvium console --endpoint <url>.',
  HTTP_429: 'Wait a moment and try again.',
  CONFLICT: 'Somebody else is at work on it; try again in a moment.',
};

/** What went wrong, where it did, and what to do. */
export const ProblemBox = ({ problem }: { problem: Problem | undefined }) => {
  if (problem === undefined) return null;
  const advice = ADVICE[problem.code] ?? (problem.status === 503 ? 'Try again in a moment.' : undefined);
  return (
    <div class="problem" role="alert">
      <strong>{problem.title}</strong> <code class="muted">{problem.code}</code>
      <p class="break">{problem.message}</p>
      {advice !== undefined && <p class="small">{advice}</p>}
    </div>
  );
};
