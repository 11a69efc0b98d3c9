import type { CollectionsV1, JobsV1 } from '@alluvium/contracts';
import { call } from '../../api/call.ts';
import { useLoad } from '../../api/use-load.ts';
import { ago, count, short } from '../../format.ts';
import { StateBadge } from '../../parts/badge.tsx';
import { ProblemBox } from '../../parts/problem-box.tsx';
import { Empty } from '../../parts/empty.tsx';

const REFRESH_MS = 5000;

const Collections = () => {
  const { value, problem } = useLoad(
    () => call<CollectionsV1>('/api/collections'),
    'collections',
    REFRESH_MS,
  );
  return (
    <section class="card">
      <h2>Collections</h2>
      <ProblemBox problem={problem} />
      {value?.collections.length === 0 && <p class="muted">None yet; the first drop makes one.</p>}
      <ul class="plain-list">
        {value?.collections.map(({ collection, active, updatedAt }) => (
          <li key={collection} class="row spread">
            <a href={`/collections/${collection}`}>{collection}</a>
            <span class="small muted">
              {active === undefined ? 'nothing published' : active.modelId.replace(/@.*/, '')},{' '}
              {ago(updatedAt)}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
};

const Runs = () => {
  const { value, problem } = useLoad(() => call<JobsV1>('/api/jobs?limit=6'), 'jobs', REFRESH_MS);
  return (
    <section class="card">
      <h2>Newest runs</h2>
      <ProblemBox problem={problem} />
      {value?.jobs.length === 0 && (
        <Empty command="npx alluvium ingest ./docs --wait">Nothing ran yet.</Empty>
      )}
      <ul class="plain-list">
        {value?.jobs.map(({ jobId, state, collection, createdAt, totals }) => (
          <li key={jobId} class="row spread">
            <span class="row">
              <StateBadge state={state} />
              <a href={`/runs/${jobId}`} class="mono">
                {short(jobId)}
              </a>
              {collection}
            </span>
            <span class="small muted">
              {totals === undefined ? '' : `${count(totals.documents)} documents, `}
              {ago(createdAt)}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
};

/** What there is already. */
export const Overview = () => (
  <div class="halves">
    <Collections />
    <Runs />
  </div>
);
