import {
  documentsDeleteResponseV1,
  documentsV1,
  documentV1,
  retrieveBatchResponseV1,
  retrieveResponseV1,
  type DocumentContract,
} from '@alluvium/contracts';
import { httpHandler } from '@alluvium/lambda-kit';
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

const addSearch = (router: Router, deps: DocumentDeps): void => {
  router.get('/retrieve', async ({ req }) =>
    answer(retrieveResponseV1, await retrieve(deps, parseQueryString(new URL(req.url).searchParams))),
  );
  router.post('/retrieve', async ({ req }) => {
    const body = parseBody(await req.text());
    return 'queries' in body
      ? answer(retrieveBatchResponseV1, await retrieveBatch(deps, body.queries))
      : answer(retrieveResponseV1, await retrieve(deps, body));
  });
};

const ACCEPTED = 202;
/** Ids have slashes: what follows is one, whatever is in it. */
const ONE_DOCUMENT = /\/documents\/.+/;

const repeatable = (req: Request): Repeatable => ({ key: req.headers.get('idempotency-key') });

const addDocuments = (router: Router, deps: DocumentDeps): void => {
  router.get('/documents', async ({ req }) =>
    answer(documentsV1, await getDocuments(deps, parseDocumentList(new URL(req.url).searchParams))),
  );
  router.post('/documents/delete', async ({ req }) => {
    const deletion = parseDeletion(await req.text());
    const body = await deleteByFilters(deps, deletion, repeatable(req));
    return answer(documentsDeleteResponseV1, body, deletion.dryRun ? 200 : ACCEPTED);
  });
  router.get(ONE_DOCUMENT, async ({ event }) => {
    const { documentId, parameters } = documentIdOf(event);
    return answer(documentV1, await getDocument(deps, parseDocumentPlace(parameters), documentId));
  });
  router.delete(ONE_DOCUMENT, async ({ req, event }) => {
    const { documentId, parameters } = documentIdOf(event);
    const one = { documentId, ...parseDeletionOfOne(parameters) };
    return answer(documentsDeleteResponseV1, await deleteDocument(deps, one, repeatable(req)), ACCEPTED);
  });
};

export const makeHandler = (deps: DocumentDeps) =>
  httpHandler(deps.runtime, (router) => {
    addSearch(router, deps);
    addDocuments(router, deps);
  });

export const handler = makeHandler(wire());
