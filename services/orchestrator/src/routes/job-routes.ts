import type { Router } from '@aws-lambda-powertools/event-handler/http';
import { listCollections } from '../collections.ts';
import { headerKeyOf, parseIngestRequest } from '../domain/requests.ts';
import { oncePerRequest } from '../once-per-request.ts';
import type { OrchestratorDeps } from '../ports.ts';
import { readJob, readJobs } from '../read-jobs.ts';
import { startIngest } from '../start-ingest.ts';
import { json } from './json.ts';

/** POST /ingest, GET /jobs, GET /status/{jobId}, GET /collections. */
export const jobRoutes = (router: Router, deps: OrchestratorDeps): void => {
  const ingestOnce = oncePerRequest(deps.idempotency, (body: ReturnType<typeof parseIngestRequest>) =>
    startIngest(deps, body),
  );
  router.get('/status/:jobId', async ({ params }) => json(200, await readJob(deps, params['jobId'] ?? '')));
  router.get('/jobs', async ({ req }) => {
    const { searchParams } = new URL(req.url);
    const [limit, cursor] = ['limit', 'cursor'].map((name) => searchParams.get(name) ?? undefined);
    return json(200, await readJobs(deps, { limit, cursor }));
  });
  router.get('/collections', async () => json(200, { collections: await listCollections(deps) }));
  router.post('/ingest', async ({ req, context }) => {
    const body = parseIngestRequest(await req.json());
    const given = headerKeyOf(req.headers.get('idempotency-key'));
    // The same upload is the same run, whoever asks for it.
    const key = given ?? `body ${body.collection}/${body.uploadId}`;
    return json(202, await ingestOnce({ key, body }, context));
  });
};
