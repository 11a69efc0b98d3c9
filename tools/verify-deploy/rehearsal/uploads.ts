import type { IncomingMessage, ServerResponse } from 'node:http';

// The SDK may frame a body as chunks with signatures: `<hex length>;…\r\n<bytes>\r\n`.
const unframed = (request: IncomingMessage, body: Buffer): Buffer => {
  const { 'content-encoding': encoding = '', 'x-amz-content-sha256': sha256 = '' } = request.headers;
  if (!encoding.includes('aws-chunked') && !String(sha256).includes('STREAMING')) return body;
  const parts: Buffer[] = [];
  for (let at = 0; ;) {
    const end = body.indexOf('\r\n', at);
    const length = parseInt(body.toString('latin1', at, end), 16);
    if (!(length > 0)) return Buffer.concat(parts);
    parts.push(body.subarray(end + 2, end + 2 + length));
    at = end + 4 + length;
  }
};

const answer = (response: ServerResponse, body = '', headers: Record<string, string> = {}): void => {
  response.writeHead(200, { 'content-type': 'application/xml', ...headers }).end(body);
};

/** The bucket that packages are uploaded to: what `sls deploy` asks of S3. */
export class Uploads {
  readonly #objects = new Map<string, Buffer>();
  readonly #parts = new Map<string, Buffer[]>();

  /** The object whose key ends so. */
  find(keyEnd: string): Buffer | undefined {
    return [...this.#objects].find(([key]) => key.endsWith(keyEnd))?.[1];
  }

  handle(request: IncomingMessage, url: URL, body: Buffer, response: ServerResponse): void {
    const key = decodeURIComponent(url.pathname);
    const part = url.searchParams.get('partNumber');
    if (request.method === 'PUT' && part !== null) {
      (this.#parts.get(key) ?? [])[Number(part) - 1] = unframed(request, body);
      answer(response, '', { etag: '"part"' });
    } else if (request.method === 'PUT') {
      this.#objects.set(key, unframed(request, body));
      answer(response, '', { etag: '"object"' });
    } else if (request.method === 'POST') this.#multipart(key, url, response);
    else this.#read(request, url, response);
  }

  #multipart(key: string, url: URL, response: ServerResponse): void {
    if (url.searchParams.has('uploads')) {
      this.#parts.set(key, []);
      answer(
        response,
        '<InitiateMultipartUploadResult><UploadId>1</UploadId></InitiateMultipartUploadResult>',
      );
      return;
    }
    this.#objects.set(key, Buffer.concat(this.#parts.get(key) ?? []));
    answer(
      response,
      '<CompleteMultipartUploadResult><Bucket>b</Bucket><Key>k</Key><ETag>"e"</ETag></CompleteMultipartUploadResult>',
    );
  }

  #read(request: IncomingMessage, url: URL, response: ServerResponse): void {
    if (request.method === 'HEAD') answer(response);
    else if (url.searchParams.has('location'))
      answer(response, '<LocationConstraint>eu-west-1</LocationConstraint>');
    else if (url.searchParams.has('list-type'))
      answer(
        response,
        '<ListBucketResult><KeyCount>0</KeyCount><IsTruncated>false</IsTruncated></ListBucketResult>',
      );
    else if (url.pathname.startsWith('/v2/apis'))
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"items":[]}');
    else
      response
        .writeHead(404, {
          'content-type': 'application/json',
          'x-amzn-errortype': 'ResourceNotFoundException',
        })
        .end('{"message":"not found"}');
  }
}
