import { httpHandler } from '@alluvium/lambda-kit';
import { parseBody, parseQueryString, type Search } from '../domain/retrieve-request.ts';
import { renderAnswer } from '../domain/retrieve-response.ts';
import type { QueryDeps } from '../ports.ts';
import { retrieve } from '../retrieve.ts';
import { wire } from '../wiring.ts';

export const makeHandler = (deps: QueryDeps) => {
  const answer = async (search: Search): Promise<Response> =>
    new Response(renderAnswer(await retrieve(deps, search)), {
      headers: { 'content-type': 'application/json' },
    });
  return httpHandler(deps.runtime, (router) => {
    router.get('/retrieve', ({ req }) => answer(parseQueryString(new URL(req.url).searchParams)));
    router.post('/retrieve', async ({ req }) => answer(parseBody(await req.text())));
  });
};

export const handler = makeHandler(wire());
