import type { JobV1 } from '@alluvium/contracts';
import { call } from '../../api/call.ts';
import { info } from '../../api/info.ts';
import { useLoad } from '../../api/use-load.ts';
import { duration } from '../../format.ts';
import { LiveRun, useTimeline } from '../../parts/live-run.tsx';
import { ProblemBox } from '../../parts/problem-box.tsx';
import { RunSteps } from '../runs/run-steps.tsx';
import { Hits } from '../search/hits.tsx';
import type { Journey } from './journey.ts';

const REFRESH_MS = 1500;

const headline = ({ files, uploaded, runId, hitMs, collection, problem, isMissed }: Journey): string => {
  const what = files === 1 ? 'One file' : `${files} files`;
  if (problem !== undefined) return `${what} did not get through`;
  if (isMissed === true) return `${what} cannot be found so far`;
  if (hitMs !== undefined) return `Found ${duration(hitMs)} after the drop`;
  if (runId === undefined) return `Uploading ${uploaded} of ${files}`;
  return `${what} on the way into ${collection}`;
};

const PolledRun = ({ runId }: { runId: string }) => {
  const { value } = useLoad(
    () => call<JobV1>(`/api/status/${runId}`).catch(() => undefined),
    runId,
    REFRESH_MS,
  );
  return value === undefined ? <p class="muted">Waiting for the run…</p> : <RunSteps job={value} />;
};

const Run = ({ runId }: { runId: string | undefined }) => {
  const timeline = useTimeline(runId);
  if (runId !== undefined && info.value?.events === false) return <PolledRun runId={runId} />;
  if (timeline === undefined) return <p class="muted">Waiting for the first event…</p>;
  return <LiveRun timeline={timeline} />;
};

/** A drop on its way, and what a search finds of it. */
export const JourneyCard = ({ journey }: { journey: Journey }) => {
  const { runId, answer, hitMs, problem } = journey;
  return (
    <section class="card stack" aria-label="The last drop">
      <div class="row spread">
        <h2 class={hitMs === undefined ? '' : 'found'} aria-live="polite" data-journey>
          {headline(journey)}
        </h2>
        {runId !== undefined && <a href={`/runs/${runId}`}>The run</a>}
      </div>
      <ProblemBox problem={problem} />
      {problem === undefined && <Run runId={runId} />}
      {answer !== undefined && <Hits answer={answer} />}
    </section>
  );
};
