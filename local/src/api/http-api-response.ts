/** What goes out on the wire. */
export interface HttpApiResponse {
  statusCode: number;
  headers: Record<string, string | string[]>;
  body: Buffer;
}

/** An answer of the API itself, such as `{"message":"Not Found"}`. */
export const messageResponse = (statusCode: number, message: string): HttpApiResponse => ({
  statusCode,
  headers: { 'content-type': 'application/json' },
  body: Buffer.from(JSON.stringify({ message })),
});

export const internalServerError = (): HttpApiResponse => messageResponse(500, 'Internal Server Error');

type Structured = Record<string, unknown> & { statusCode: unknown };

const isStructured = (result: unknown): result is Structured =>
  typeof result === 'object' && result !== null && 'statusCode' in result;

const inferred = (result: unknown): HttpApiResponse => ({
  statusCode: 200,
  headers: { 'content-type': 'application/json' },
  body: Buffer.from(typeof result === 'string' ? result : JSON.stringify(result ?? null)),
});

/** The connection is ours, not the function's. */
const NOT_FORWARDED = new Set(['connection', 'content-length', 'keep-alive', 'transfer-encoding', 'upgrade']);

type HeaderValue = string | number | boolean | null | undefined;

const headersOf = (headers: unknown, cookies: unknown): HttpApiResponse['headers'] => {
  const known: HttpApiResponse['headers'] = { 'content-type': 'text/plain;charset=UTF-8' };
  for (const [name, value] of Object.entries((headers ?? {}) as Record<string, HeaderValue>)) {
    const key = name.toLowerCase();
    if (!NOT_FORWARDED.has(key) && value !== null && value !== undefined) known[key] = String(value);
  }
  if (Array.isArray(cookies) && cookies.length > 0) known['set-cookie'] = cookies.map(String);
  return known;
};

const structured = ({ statusCode, headers, cookies, body, isBase64Encoded }: Structured): HttpApiResponse => {
  const status = Number(statusCode);
  const hasBody = body !== undefined && body !== null;
  const isValid = Number.isInteger(status) && status >= 200 && status <= 599;
  if (!isValid || (hasBody && typeof body !== 'string')) return internalServerError();
  return {
    statusCode: status,
    headers: headersOf(headers, cookies),
    body: hasBody ? Buffer.from(body, isBase64Encoded === true ? 'base64' : 'utf8') : Buffer.alloc(0),
  };
};

/**
 * Maps what a function returned, by payload format 2.0: an object with a statusCode is a response, anything else is the
 * body of a 200 in JSON. A response that is not well formed becomes 500.
 */
export const toHttpApiResponse = (result: unknown): HttpApiResponse =>
  isStructured(result) ? structured(result) : inferred(result);
