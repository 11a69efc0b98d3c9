import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { testContext } from '@alluvium/testkit';
import { makeHandler } from '../../src/handlers/http.ts';
import type { World } from './world.ts';

/** A request of a test. */
export interface TestRequest {
  method?: string;
  path: string;
  query?: string;
  body?: unknown;
  headers?: Record<string, string>;
  authorizer?: unknown;
}

const ADMIN = { lambda: { keyId: 'test', scopes: 'admin' } };

const textOf = (body: unknown): string => (typeof body === 'string' ? body : JSON.stringify(body));

const eventOf = ({ method = 'GET', path, query = '', body, headers = {}, authorizer = ADMIN }: TestRequest) =>
  ({
    version: '2.0',
    routeKey: '$default',
    rawPath: path,
    rawQueryString: query,
    ...(query === '' ? {} : { queryStringParameters: Object.fromEntries(new URLSearchParams(query)) }),
    headers: { 'content-type': 'application/json', ...headers },
    requestContext: {
      ...{ http: { method, path }, domainName: 'localhost', stage: '$default', requestId: 'r', authorizer },
    },
    isBase64Encoded: false,
    ...(body === undefined ? {} : { body: textOf(body) }),
  }) as unknown as APIGatewayProxyEventV2;

/** What came back. */
export interface TestAnswer {
  status: number | undefined;
  body: unknown;
}

/** Sends requests to the HTTP handler of a world. */
export const httpOf = ({ deps }: World): ((request: TestRequest) => Promise<TestAnswer>) => {
  const handler = makeHandler(deps);
  return async (request) => {
    const answer = (await handler(eventOf(request), testContext())) as APIGatewayProxyStructuredResultV2;
    return {
      status: answer.statusCode,
      body: JSON.parse(answer.body === undefined || answer.body === '' ? 'null' : answer.body) as unknown,
    };
  };
};
