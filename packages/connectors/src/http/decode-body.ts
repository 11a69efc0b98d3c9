import type { HttpResponse } from './http-client.ts';

/** How far into a document its own word on its encoding is looked for. */
const HEAD_BYTES = 1024;

const labelIn = ({ headers, body }: HttpResponse): string => {
  const told = /charset\s*=\s*"?([\w-]+)/i.exec(headers['content-type'] ?? '')?.[1];
  if (told !== undefined) return told;
  const head = new TextDecoder('latin1').decode(body.subarray(0, HEAD_BYTES));
  return /(?:encoding|charset)\s*=\s*["']?([\w-]+)/i.exec(head)?.[1] ?? 'utf-8';
};

/** The body as text: in the encoding of the header, else of the document, else UTF-8. */
export const decodeBody = (response: HttpResponse): string => {
  try {
    return new TextDecoder(labelIn(response)).decode(response.body);
  } catch {
    // A label that nobody knows.
    return new TextDecoder().decode(response.body);
  }
};
