import { chatRequestV1, type ChatRequestV1, type ChatResponseV1, type SessionV1 } from '@alluvium/contracts';
import { assertCollection } from '@alluvium/lambda-kit';
import { askChat } from '../chat/ask-chat.ts';
import { readSession } from '../chat/sessions.ts';
import { parseWait, waitForJob } from '../chat/wait-for-job.ts';
import { headerKeyOf, parseBody } from '../domain/requests.ts';
import { oncePerRequest } from '../once-per-request.ts';
import type { OrchestratorDeps } from '../ports.ts';
import { json } from './json.ts';
import type { Router } from './router.ts';

/** POST /chat, GET and DELETE /sessions/{sessionId}. */
export const chatRoutes = (router: Router, deps: OrchestratorDeps): void => {
  const askOnce = oncePerRequest(deps.idempotency, (body: ChatRequestV1) => askChat(deps, body));
  router.post('/chat', async ({ req, context, event }) => {
    const waitSeconds = parseWait(new URL(req.url).searchParams.get('wait'));
    const body = parseBody(chatRequestV1, await req.json());
    assertCollection(event, body.collection);
    const key = headerKeyOf(req.headers.get('idempotency-key'));
    const asked = await askOnce({ key: key && `chat ${key}`, body }, context);
    const job = waitSeconds === 0 ? undefined : await waitForJob(deps, asked.jobId, waitSeconds);
    const response: ChatResponseV1 = { ...asked, ...(job && { job }) };
    return json(job === undefined ? 202 : 200, response);
  });
  const permitted = async (event: object, sessionId = ''): Promise<SessionV1> => {
    const session = await readSession(deps, sessionId);
    assertCollection(event, session.collection);
    return session;
  };
  router.get('/sessions/:sessionId', async ({ params, event }) =>
    json(200, await permitted(event, params['sessionId'])),
  );
  router.delete('/sessions/:sessionId', async ({ params, event }) => {
    await deps.sessions.remove((await permitted(event, params['sessionId'])).sessionId);
    return new Response(null, { status: 204 });
  });
};
