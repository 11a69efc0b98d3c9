import {
  candidateRequestV1,
  collectionRequestV1,
  collectionSettingsV1,
  switchRequestV1,
} from '@alluvium/contracts';
import { dropCandidate, requestCandidate, switchIndex } from '../candidates.ts';
import {
  changeSettings,
  deleteCollection,
  describeCollection,
  listCollections,
  requestCollection,
} from '../collections.ts';
import { requestedByOf } from '../domain/requested-by.ts';
import { parseBody, parseCollectionName } from '../domain/requests.ts';
import type { OrchestratorDeps } from '../ports.ts';
import { json } from './json.ts';
import type { Router } from './router.ts';

const nameIn = (params: Record<string, string>, name = 'collection'): string =>
  parseCollectionName(params[name] ?? '');

const gone = (): Response => new Response(null, { status: 204 });

const candidateRoutes = (router: Router, deps: OrchestratorDeps): void => {
  router.post('/collections/:collection/candidates', async ({ req, params, event }) => {
    const settings = parseBody(candidateRequestV1, await req.json());
    const requestedBy = requestedByOf(event);
    return json(202, await requestCandidate(deps, nameIn(params), { settings, requestedBy }));
  });
  router.delete('/collections/:collection/candidates/:candidate', async ({ params }) => {
    await dropCandidate(deps, nameIn(params), nameIn(params, 'candidate'));
    return gone();
  });
  router.post('/collections/:collection/switch', async ({ req, params }) => {
    const { index } = parseBody(switchRequestV1, await req.json());
    return json(200, await switchIndex(deps, nameIn(params), index));
  });
};

/** /collections, /collections/{collection}, its candidates and the switch to one of them. */
export const collectionRoutes = (router: Router, deps: OrchestratorDeps): void => {
  router.get('/collections', async () => json(200, { collections: await listCollections(deps) }));
  router.post('/collections', async ({ req }) =>
    json(201, await requestCollection(deps, parseBody(collectionRequestV1, await req.json()))),
  );
  router.get('/collections/:collection', async ({ params }) =>
    json(200, await describeCollection(deps, nameIn(params))),
  );
  router.patch('/collections/:collection', async ({ req, params }) =>
    json(200, await changeSettings(deps, nameIn(params), parseBody(collectionSettingsV1, await req.json()))),
  );
  router.delete('/collections/:collection', async ({ params }) => {
    await deleteCollection(deps, nameIn(params));
    return gone();
  });
  candidateRoutes(router, deps);
};
