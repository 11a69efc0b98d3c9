import type { IncomingMessage } from 'node:http';

/**
 * Reads a request's body; `too-large` as soon as it goes over `maxBytes`, declared or received. What still comes then is
 * thrown away, so that the client can finish sending and read the answer. Fails when the client goes away.
 */
export const readBody = (request: IncomingMessage, maxBytes: number): Promise<Buffer | 'too-large'> =>
  new Promise((resolve, reject) => {
    let chunks: Buffer[] = [];
    let sizeBytes = 0;
    const refuse = (): void => {
      chunks = [];
      request.removeAllListeners('data').resume();
      resolve('too-large');
    };
    if (Number(request.headers['content-length'] ?? 0) > maxBytes) {
      refuse();
      return;
    }
    request.on('data', (chunk: Buffer) => {
      sizeBytes += chunk.length;
      if (sizeBytes > maxBytes) refuse();
      else chunks.push(chunk);
    });
    request.on('end', () => {
      resolve(Buffer.concat(chunks));
    });
    request.on('error', reject);
  });
