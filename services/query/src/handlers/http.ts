import {
  documentsDeleteResponseV1,
  documentsV1,
  documentV1,
  retrieveBatchResponseV1,
  retrieveResponseV1,
  type DocumentContract,
} from '@alluvium/contracts';
import { assertCollection, httpHandler } from '@alluvium/lambda-kit';
import { ACCESS } from '../access.ts';
import { deleteByFilters, deleteDocument, type Repeatable } from '../delete-documents.ts';
import { getDocument, getDocuments } from '../documents.ts';
import { documentIdOf } from '../domain/document-path.ts';
import {
  parseDeletion,
  parseDeletionOfOne,
  parseDocumentList,
  parseDocumentPlace,
} from '../domain/document-requests.ts';
import { parseBody } from '../domain/retrieve-body.ts';
import { parseQueryString } from '../domain/retrieve-request.ts';
import { renderAnswer } from '../domain/retrieve-response.ts';
import type { DocumentDeps } from '../ports.ts';
import { retrieve, retrieveBatch } from '../retrieve.ts';
import { wire } from '../wiring.ts';

const answer = <T>(contract: DocumentContract<T>, body: T, status = 200): Response =>
  new Response(renderAnswer(contract, body), { status, headers: { 'content-type': 'application/json' } });

type Router = Parameters<Parameters<typeof httpHandler>[1]>[0];

// Asked before anything is read: a key that is limited learns nothing of other collections.
const permitted = <Asked extends { collection: string }>(event: object, asked: Asked): Asked => {
  assertCollection(event, asked.collection);
  return asked;
};

const addSearch = (router: Router, deps: DocumentDeps): void => {
  router.get('/retrieve', async ({ req, event }) => {
    const search = permitted(event, parseQueryString(new URL(req.url).searchParams));
    return answer(retrieveResponseV1, await retrieve(deps, search));
  });
  router.post('/retrieve', async ({ req, event }) => {
    const body = parseBody(await req.text());
    if (!('queries' in body)) return answer(retrieveResponseV1, await retrieve(deps, permitted(event, body)));
    for (const search of body.queries) permitted(event, search);
    return answer(retrieveBatchResponseV1, await retrieveBatch(deps, body.queries));
  });
};

const ACCEPTED = 202;
/** Ids have slashes: what follows is one, whatever is in it. */
const ONE_DOCUMENT = /\/documents\/.+/;

const repeatable = (req: Request): Repeatable => ({ key: req.headers.get('idempotency-key') });

const addDocuments = (router: Router, deps: DocumentDeps): void => {
  router.get('/documents', async ({ req, event }) => {
    const list = permitted(event, parseDocumentList(new URL(req.url).searchParams));
    return answer(documentsV1, await getDocuments(deps, list));
  });
  router.post('/documents/delete', async ({ req, event }) => {
    const deletion = permitted(event, parseDeletion(await req.text()));
    const body = await deleteByFilters(deps, deletion, repeatable(req));
    return answer(documentsDeleteResponseV1, body, deletion.dryRun ? 200 : ACCEPTED);
  });
  router.get(ONE_DOCUMENT, async ({ event }) => {
    const { documentId, parameters } = documentIdOf(event);
    const place = permitted(event, parseDocumentPlace(parameters));
    return answer(documentV1, await getDocument(deps, place, documentId));
  });
  router.delete(ONE_DOCUMENT, async ({ req, event }) => {
    const { documentId, parameters } = documentIdOf(event);
    const one = permitted(event, { documentId, ...parseDeletionOfOne(parameters) });
    return answer(documentsDeleteResponseV1, await deleteDocument(deps, one, repeatable(req)), ACCEPTED);
  });
};

export const makeHandler = (deps: DocumentDeps) =>
  httpHandler(
    deps.runtime,
    (router) => {
      addSearch(router, deps);
      addDocuments(router, deps);
    },
    ACCESS,
  );

export const handler = makeHandler(wire());
