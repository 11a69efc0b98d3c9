import { retrieveBatchResponseV1, retrieveResponseV1, type DocumentContract } from '@alluvium/contracts';
import { httpHandler } from '@alluvium/lambda-kit';
import { parseBody } from '../domain/retrieve-body.ts';
import { parseQueryString } from '../domain/retrieve-request.ts';
import { renderAnswer } from '../domain/retrieve-response.ts';
import type { QueryDeps } from '../ports.ts';
import { retrieve, retrieveBatch } from '../retrieve.ts';
import { wire } from '../wiring.ts';

const answer = <T>(contract: DocumentContract<T>, body: T, status = 200): Response =>
  new Response(renderAnswer(contract, body), { status, headers: { 'content-type': 'application/json' } });

export const makeHandler = (deps: QueryDeps) =>
  httpHandler(deps.runtime, (router) => {
    router.get('/retrieve', async ({ req }) =>
      answer(retrieveResponseV1, await retrieve(deps, parseQueryString(new URL(req.url).searchParams))),
    );
    router.post('/retrieve', async ({ req }) => {
      const body = parseBody(await req.text());
      return 'queries' in body
        ? answer(retrieveBatchResponseV1, await retrieveBatch(deps, body.queries))
        : answer(retrieveResponseV1, await retrieve(deps, body));
    });
  });

export const handler = makeHandler(wire());
