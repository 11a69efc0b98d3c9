import type { JobV1 } from '@alluvium/contracts';
import { call, Problem } from '../../api/call.ts';
import { useLoad } from '../../api/use-load.ts';
import { ago, count } from '../../format.ts';
import { StateBadge } from '../../parts/badge.tsx';
import { Facts } from '../../parts/facts.tsx';
import { LiveRun, useTimeline } from '../../parts/live-run.tsx';
import { Page } from '../../parts/page.tsx';
import { ProblemBox } from '../../parts/problem-box.tsx';
import { TurnCard } from '../chat/turn-card.tsx';
import { RunActions } from './run-actions.tsx';
import { RunEvents } from './run-events.tsx';
import { RunSteps } from './run-steps.tsx';

const REFRESH_MS = 1500;

const Totals = ({ job }: { job: JobV1 }) => (
  <Facts
    facts={{
      state: <StateBadge state={job.state} />,
      collection: <a href={`/collections/${job.collection}`}>{job.collection}</a>,
      source: job.source,
      attempt: job.attempt,
      parts: job.parts ?? '…',
      documents: count(job.totals.documents),
      chunks: count(job.totals.chunks),
      unchanged: count(job.totals.unchanged),
      'left out': count(job.totals.rejected),
      started: ago(job.createdAt),
    }}
  />
);

const Rejects = ({ job }: { job: JobV1 }) => (
  <section class="card" aria-label="What was left out">
    <h2>Left out</h2>
    <ul class="plain-list">
      {(job.failures ?? []).map(({ part, stage, error }) => (
        <li key={`${part}-${stage}`} class="break">
          Part {part} failed at {stage}: {error.message} <code class="muted">{error.code}</code>
        </li>
      ))}
      {(job.rejects ?? []).map(({ path, error }) => (
        <li key={path} class="break">
          <code>{path}</code>: {error.message} <code class="muted">{error.code}</code>
        </li>
      ))}
    </ul>
  </section>
);

const hasRejects = ({ rejects = [], failures = [] }: JobV1): boolean => rejects.length + failures.length > 0;

const ChatJob = ({ job }: { job: JobV1 }) => {
  const { answer, promptPreview = 'A question', state, error, collection } = job;
  const problem =
    error === undefined
      ? undefined
      : new Problem({ title: 'No answer', status: 0, code: error.code, detail: error.message });
  const question = answer?.question ?? promptPreview;
  return (
    <ol>
      <TurnCard
        collection={collection}
        turn={{ id: 0, question, state, ...(answer && { answer }), ...(problem && { problem }) }}
      />
    </ol>
  );
};

const JobCard = ({ job, reload }: { job: JobV1; reload: () => void }) => {
  const timeline = useTimeline(job.jobId);
  return (
    <>
      <section class="card stack" aria-label="The run">
        <Totals job={job} />
        <RunActions runId={job.jobId} isOver={job.complete} onDone={reload} />
      </section>
      <section class="card" aria-label="How it went">
        <h2>How it went</h2>
        {timeline === undefined ? <RunSteps job={job} /> : <LiveRun timeline={timeline} />}
      </section>
      {hasRejects(job) && <Rejects job={job} />}
      {timeline !== undefined && <RunEvents events={timeline.events} />}
    </>
  );
};

/** One run: how far, how long, what was left out. */
export const RunView = ({ runId }: { runId: string }) => {
  const { value, problem, reload } = useLoad(
    () => call<JobV1>(`/api/status/${encodeURIComponent(runId)}`),
    runId,
    REFRESH_MS,
  );
  return (
    <Page title="Run" lead={<code class="break">{runId}</code>}>
      <ProblemBox problem={problem} />
      {value?.kind === 'chat' && <ChatJob job={value} />}
      {value !== undefined && value.kind !== 'chat' && <JobCard job={value} reload={reload} />}
    </Page>
  );
};
