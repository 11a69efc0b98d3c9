import type { Clock } from '../common/clock.ts';
import type { HttpApiEvent } from './http-api-event.ts';
import { internalServerError, messageResponse, type HttpApiResponse } from './http-api-response.ts';
import type { Authorizer } from './routes.ts';

/** What an authorizer receives beside the request. */
export interface AuthorizerEvent extends Omit<HttpApiEvent, 'body' | 'isBase64Encoded'> {
  type: 'REQUEST';
  routeArn: string;
  identitySource: string[];
}

/** The context to hand to the function, or the answer to somebody who may not. */
export type Admission = { context: unknown } | { refusal: HttpApiResponse };

type Invoke = (functionName: string, event: AuthorizerEvent) => Promise<unknown>;

interface Verdict {
  isAuthorized: boolean;
  context?: unknown;
}

/** More are not remembered; AWS does not say how many it does. */
const MAX_REMEMBERED = 1000;
const REGION = 'eu-west-1';

const isVerdict = (value: unknown): value is Verdict =>
  typeof value === 'object' && value !== null && typeof (value as Verdict).isAuthorized === 'boolean';

const admissionOf = (verdict: unknown): Admission => {
  if (!isVerdict(verdict)) return { refusal: internalServerError() };
  if (!verdict.isAuthorized) return { refusal: messageResponse(403, 'Forbidden') };
  return { context: verdict.context ?? {} };
};

const eventOf = (
  { body: _body, isBase64Encoded: _encoded, ...event }: HttpApiEvent,
  identitySource: string[],
): AuthorizerEvent => {
  const { accountId, apiId, stage, http } = event.requestContext;
  const routeArn = `arn:aws:execute-api:${REGION}:${accountId}:${apiId}/${stage}/${http.method}${event.rawPath}`;
  return { ...event, type: 'REQUEST', routeArn, identitySource };
};

/** Asks authorizers, and remembers what they said for as long as they want it. */
export const makeAdmitter = (
  invoke: Invoke,
  clock: Clock,
): ((authorizer: Authorizer, event: HttpApiEvent) => Promise<Admission>) => {
  const remembered = new Map<string, { admission: Admission; untilMs: number }>();
  const remember = (key: string, admission: Admission, ttlSeconds: number): void => {
    if (ttlSeconds === 0) return;
    remembered.delete(key);
    remembered.set(key, { admission, untilMs: clock.nowMs() + ttlSeconds * 1000 });
    const [oldest] = remembered.keys();
    if (remembered.size > MAX_REMEMBERED && oldest !== undefined) remembered.delete(oldest);
  };
  return async ({ functionName, identityHeaders, ttlSeconds }, event) => {
    const identity = identityHeaders.map((name) => event.headers[name] ?? '');
    // AWS does not call the function then.
    if (identity.includes('')) return { refusal: messageResponse(401, 'Unauthorized') };
    const key = JSON.stringify([functionName, identity]);
    const known = remembered.get(key);
    if (known !== undefined && known.untilMs > clock.nowMs()) return known.admission;
    try {
      const admission = admissionOf(await invoke(functionName, eventOf(event, identity)));
      remember(key, admission, ttlSeconds);
      return admission;
    } catch {
      return { refusal: internalServerError() };
    }
  };
};
