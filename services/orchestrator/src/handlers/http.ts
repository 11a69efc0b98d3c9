import { httpHandler } from '@alluvium/lambda-kit';
import { listCollections } from '../collections.ts';
import { parseIngestRequest, requestKeyOf } from '../domain/requests.ts';
import { oncePerRequest } from '../once-per-request.ts';
import type { HttpDeps } from '../ports.ts';
import { readJob, readJobs } from '../read-jobs.ts';
import { startIngest } from '../start-ingest.ts';
import { wireHttp } from '../wiring.ts';

const json = (status: number, body: unknown): Response =>
  new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json' } });

export const makeHandler = (deps: HttpDeps) => {
  const ingestOnce = oncePerRequest(deps.idempotency, (body: ReturnType<typeof parseIngestRequest>) =>
    startIngest(deps, body),
  );
  return httpHandler(deps.runtime, (router) => {
    router.get('/status/:jobId', async ({ params }) => json(200, await readJob(deps, params['jobId'] ?? '')));
    router.get('/jobs', async ({ req }) => {
      const { searchParams } = new URL(req.url);
      const [limit, cursor] = ['limit', 'cursor'].map((name) => searchParams.get(name) ?? undefined);
      return json(200, await readJobs(deps, { limit, cursor }));
    });
    router.get('/collections', async () => json(200, { collections: await listCollections(deps) }));
    router.post('/ingest', async ({ req, context }) => {
      const body = parseIngestRequest(await req.json());
      const key = requestKeyOf(req.headers.get('idempotency-key'), body);
      return json(202, await ingestOnce({ key, body }, context));
    });
  });
};

export const handler = makeHandler(wireHttp());
