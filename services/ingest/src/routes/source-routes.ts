import {
  describeFault,
  PipelineError,
  sourceRequestV1,
  type SourceRequestV1,
  type SourceV1,
} from '@alluvium/contracts';
import { assertCollection, callerOf } from '@alluvium/lambda-kit';
import type { Router } from '@aws-lambda-powertools/event-handler/http';
import { describeSource, describeSources } from '../describe-sources.ts';
import { scheduleOf } from '../domain/schedule.ts';
import { parseSourceKey, sourceDocumentKey } from '../domain/source-keys.ts';
import type { HttpDeps, SourcePlace } from '../ports.ts';
import { findSource } from '../read-source.ts';
import { assertNotPaused, controlOf } from '../source-pause.ts';
import { startSource } from '../start-source.ts';

const json = (status: number, body: unknown): Response =>
  new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json' } });

const refuse = (code: string, message: string): PipelineError =>
  new PipelineError(message, { code, kind: 'invalid' });

const unknown = ({ collection, name }: SourcePlace): PipelineError =>
  refuse('SOURCE_NOT_FOUND', `There is no source "${name}" in the collection "${collection}".`);

const placeOf = ({ collection = '', name = '' }: Readonly<Record<string, string>>): SourcePlace => {
  const place = parseSourceKey(sourceDocumentKey({ collection, name }));
  if (place !== undefined) return place;
  const reason = 'Names take lower-case letters, digits and hyphens, at most 63.';
  throw refuse('REQUEST_INVALID', reason);
};

const parseRequest = (body: unknown): SourceRequestV1 => {
  if (sourceRequestV1.closed(body)) return body;
  throw refuse('REQUEST_INVALID', `The body is refused: ${describeFault(sourceRequestV1.closed.errors)}.`);
};

const put = async (deps: HttpDeps, place: SourcePlace, body: unknown) => {
  const source: SourceV1 = { ...place, ...parseRequest(body) };
  scheduleOf(source.schedule);
  deps.connect(source);
  await deps.documents.put(sourceDocumentKey(place), Buffer.from(`${JSON.stringify(source, null, 2)}\n`));
  return describeSource(deps, place);
};

const remove = async (deps: HttpDeps, place: SourcePlace): Promise<void> => {
  if ((await findSource(deps, sourceDocumentKey(place))) === undefined) throw unknown(place);
  await deps.documents.remove(sourceDocumentKey(place));
  // What was paused by an operation stays so no longer than the source: another one may get its name.
  await deps.controls.forget(place);
};

const run = async (deps: HttpDeps, place: SourcePlace) => {
  const found = await findSource(deps, sourceDocumentKey(place));
  if (found === undefined) throw unknown(place);
  const source = found.open();
  assertNotPaused(place, source, await controlOf(deps, place));
  const window = new Date(deps.runtime.origin.nowMs()).toISOString();
  const jobId = await startSource(deps, source, window);
  return { jobId, statusUrl: `/status/${jobId}` };
};

const describe = async (deps: HttpDeps, place: SourcePlace) => {
  const status = await describeSource(deps, place);
  if (status === undefined) throw unknown(place);
  return status;
};

/** The sources of one collection, or of all that the caller's key is good for. */
const list = async (deps: HttpDeps, event: object, collection: string | undefined) => {
  if (collection !== undefined) assertCollection(event, collection);
  const allowed = callerOf(event)?.collections;
  const sources = await describeSources(deps, collection);
  return allowed === undefined ? sources : sources.filter((source) => allowed.includes(source.collection));
};

/** GET /sources, GET|PUT|DELETE /sources/{collection}/{name}, POST /sources/{collection}/{name}/runs. */
export const sourceRoutes = (router: Router, deps: HttpDeps): void => {
  const placeFor = (event: object, params: Readonly<Record<string, string>>): SourcePlace => {
    const place = placeOf(params);
    assertCollection(event, place.collection);
    return place;
  };
  router.get('/sources', async ({ req, event }) => {
    const collection = new URL(req.url).searchParams.get('collection') ?? undefined;
    return json(200, { sources: await list(deps, event, collection) });
  });
  router.get('/sources/:collection/:name', async ({ params, event }) =>
    json(200, await describe(deps, placeFor(event, params))),
  );
  router.put('/sources/:collection/:name', async ({ params, event, req }) =>
    json(200, await put(deps, placeFor(event, params), await req.json())),
  );
  router.delete('/sources/:collection/:name', async ({ params, event }) => {
    await remove(deps, placeFor(event, params));
    return new Response(null, { status: 204 });
  });
  router.post('/sources/:collection/:name/runs', async ({ params, event }) =>
    json(202, await run(deps, placeFor(event, params))),
  );
};
