/** A request without a body, as API Gateway delivers it. */
export const httpRequest = (method: string, path: string, query = ''): Record<string, unknown> => ({
  version: '2.0',
  routeKey: `${method} ${path}`,
  rawPath: path,
  rawQueryString: query,
  headers: { 'content-type': 'application/json' },
  requestContext: {
    // As the authorizer hands it on.
    authorizer: { lambda: { keyId: 'test', scopes: 'admin' } },
    http: { method, path },
    ...{ domainName: 'localhost', stage: '$default', requestId: `${method} ${path}` },
  },
  isBase64Encoded: false,
});

/** A request with a body. */
export const postRequest = (path: string, body: unknown): unknown => ({
  ...httpRequest('POST', path),
  body: JSON.stringify(body),
});
