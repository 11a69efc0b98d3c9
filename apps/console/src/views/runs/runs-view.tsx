import type { JobsV1 } from '@alluvium/contracts';
import { call } from '../../api/call.ts';
import { useLoad } from '../../api/use-load.ts';
import { ago, count, duration, short } from '../../format.ts';
import { StateBadge } from '../../parts/badge.tsx';
import { Empty } from '../../parts/empty.tsx';
import { Page } from '../../parts/page.tsx';
import { ProblemBox } from '../../parts/problem-box.tsx';

type Job = JobsV1['jobs'][number];

const REFRESH_MS = 2500;

const tookText = ({ state, createdAt, updatedAt }: Job): string =>
  state === 'running' || state === 'queued'
    ? ''
    : duration(new Date(updatedAt).getTime() - new Date(createdAt).getTime());

const JobRow = ({ job }: { job: Job }) => (
  <tr>
    <td>
      <StateBadge state={job.state} />
    </td>
    <td>
      <a href={`/runs/${job.jobId}`} class="mono" title={job.jobId}>
        {short(job.jobId)}
      </a>
    </td>
    <td>{job.kind}</td>
    <td>{job.collection}</td>
    <td class="break">{job.promptPreview ?? job.source}</td>
    <td class="number">{job.totals === undefined ? '' : count(job.totals.documents)}</td>
    <td class="number">{job.totals === undefined ? '' : count(job.totals.chunks)}</td>
    <td class="number nowrap">{tookText(job)}</td>
    <td class="nowrap" title={job.createdAt}>
      {ago(job.createdAt)}
    </td>
  </tr>
);

const Table = ({ jobs }: { jobs: readonly Job[] }) => (
  <div class="card scroll" tabIndex={0} role="region" aria-label="Runs">
    <table>
      <thead>
        <tr>
          {['State', 'Run', 'Kind', 'Collection', 'Source', 'Documents', 'Chunks', 'Took', 'Started'].map(
            (name) => (
              <th key={name} scope="col" class={/Documents|Chunks|Took/.test(name) ? 'number' : ''}>
                {name}
              </th>
            ),
          )}
        </tr>
      </thead>
      <tbody>
        {jobs.map((job) => (
          <JobRow key={job.jobId} job={job} />
        ))}
      </tbody>
    </table>
  </div>
);

/** The newest runs and jobs. */
export const RunsView = () => {
  const { value, problem } = useLoad(() => call<JobsV1>('/api/jobs?limit=20'), 'jobs', REFRESH_MS);
  return (
    <Page title="Runs" lead="The newest twenty; a run is done when the snapshot proves it.">
      <ProblemBox problem={problem} />
      {value?.jobs.length === 0 && (
        <Empty command="npx alluvium ingest ./docs --wait">
          Nothing ran yet. Drop a file on the first page, or ingest a folder:
        </Empty>
      )}
      {value !== undefined && value.jobs.length > 0 && <Table jobs={value.jobs} />}
    </Page>
  );
};
