import { PipelineError } from '@alluvium/contracts';
import type { HttpResponse } from './http-client.ts';
import { urlForMessages } from './public-url.ts';

/** Says that a source answered no, and will again. */
export const refusedBy = ({ url, status }: HttpResponse, hint = ''): PipelineError =>
  new PipelineError(`${urlForMessages(url)} answered ${status}${hint === '' ? '' : `: ${hint}`}`, {
    code: 'SOURCE_REFUSED',
    kind: 'invalid',
    details: { status },
  });

/** Says that a source answered something else than it should. */
export const answerInvalid = (url: string, what: string): PipelineError =>
  new PipelineError(`${urlForMessages(url)} ${what}`, { code: 'SOURCE_ANSWER_INVALID', kind: 'invalid' });

/** The body as JSON. @throws SOURCE_ANSWER_INVALID */
export const jsonOf = (response: HttpResponse): unknown => {
  try {
    return JSON.parse(new TextDecoder().decode(response.body));
  } catch {
    throw answerInvalid(response.url, 'answered with something else than JSON');
  }
};

/** Header fields that ask for a body only if it changed. */
export const conditional = ({ etag, lastModified }: Validators): Record<string, string> => ({
  ...(etag === undefined ? {} : { 'if-none-match': etag }),
  ...(lastModified === undefined ? {} : { 'if-modified-since': lastModified }),
});

/** What a server gave to ask with the next time. */
export interface Validators {
  etag?: string;
  lastModified?: string;
}

/** The validators of an answer. */
export const validatorsOf = ({ headers }: HttpResponse): Validators => {
  const etag = headers['etag'];
  const lastModified = headers['last-modified'];
  return {
    ...(etag === undefined ? {} : { etag }),
    ...(lastModified === undefined ? {} : { lastModified }),
  };
};
