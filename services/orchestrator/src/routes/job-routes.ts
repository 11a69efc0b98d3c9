import { ingestRequestV1, uploadRequestV1, type IngestRequestV1 } from '@alluvium/contracts';
import { assertCollection } from '@alluvium/lambda-kit';
import { headerKeyOf, parseBody } from '../domain/requests.ts';
import { oncePerRequest } from '../once-per-request.ts';
import type { OrchestratorDeps } from '../ports.ts';
import { readJob, readJobs } from '../read-jobs.ts';
import { startUpload } from '../start-upload.ts';
import { startIngest } from '../start-ingest.ts';
import { json } from './json.ts';
import type { Router } from './router.ts';

/** POST /ingest, POST /uploads, GET /jobs, GET /status/{jobId}. */
export const jobRoutes = (router: Router, deps: OrchestratorDeps): void => {
  const ingestOnce = oncePerRequest(deps.idempotency, (body: IngestRequestV1) => startIngest(deps, body));
  router.get('/status/:jobId', async ({ params }) => json(200, await readJob(deps, params['jobId'] ?? '')));
  router.get('/jobs', async ({ req }) => {
    const { searchParams } = new URL(req.url);
    const [limit, cursor] = ['limit', 'cursor'].map((name) => searchParams.get(name) ?? undefined);
    return json(200, await readJobs(deps, { limit, cursor }));
  });
  router.post('/uploads', async ({ req, event }) => {
    const body = parseBody(uploadRequestV1, await req.json());
    assertCollection(event, body.collection);
    return json(201, await startUpload(deps, body));
  });
  router.post('/ingest', async ({ req, context, event }) => {
    const body = parseBody(ingestRequestV1, await req.json());
    assertCollection(event, body.collection);
    const given = headerKeyOf(req.headers.get('idempotency-key'));
    // The same upload is the same run, whoever asks for it.
    const key = given ?? `body ${body.collection}/${body.uploadId}`;
    return json(202, await ingestOnce({ key, body }, context));
  });
};
