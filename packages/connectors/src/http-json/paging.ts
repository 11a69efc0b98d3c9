import type { HttpResponse } from '../http/http-client.ts';
import { publicUrl } from '../http/public-url.ts';
import { answerInvalid } from '../http/responses.ts';
import type { HttpJsonSettings, Paging } from './http-json-settings.ts';
import { atPointer } from './json-pointer.ts';

/** A page that was answered: the cursor that asked for it, its body and its items. */
export interface Answered {
  cursor: string;
  body: unknown;
  items: unknown[];
  response: HttpResponse;
}

const sameOrigin = (next: string, from: string): string => {
  const url = new URL(next, from);
  // The next page gets the credentials too.
  if (url.origin !== new URL(from).origin)
    throw answerInvalid(from, `continues at another site, ${url.origin}`);
  return publicUrl(url.href) ?? '';
};

const linkOf = (header = ''): string | undefined =>
  header
    .split(/,(?=\s*<)/)
    .map((link) => /<([^>]*)>(.*)/.exec(link))
    .find((match) => /;\s*rel\s*=\s*"?(?:[^"]*\s)?next\b/i.exec(match?.[2] ?? '') !== null)?.[1];

/** Query parameters of the page at a cursor, beside those of the settings. */
const queryOf = (paging: Paging, cursor: string): [name: string, value: string][] => {
  if (paging.style === 'offset') {
    return [
      [paging.param, cursor === '' ? '0' : cursor],
      [paging.limitParam, String(paging.limit)],
    ];
  }
  if (paging.style === 'page') {
    const size: [string, string][] =
      paging.sizeParam === undefined ? [] : [[paging.sizeParam, String(paging.size)]];
    return [[paging.param, cursor === '' ? String(paging.first) : cursor], ...size];
  }
  const isNamed = paging.style === 'cursor' && paging.param !== undefined && cursor !== '';
  return isNamed ? [[paging.param ?? '', cursor]] : [];
};

/** URL of the page at a cursor; an empty cursor is the first page. */
export const urlOfPage = ({ url, paging }: HttpJsonSettings, cursor: string): string => {
  const isUrl = paging.style === 'link' || (paging.style === 'cursor' && paging.param === undefined);
  if (isUrl && cursor !== '') return cursor;
  const page = new URL(url);
  for (const [name, value] of queryOf(paging, cursor)) page.searchParams.set(name, value);
  return page.href;
};

const afterOffset = (
  paging: Extract<Paging, { style: 'offset' }>,
  { cursor, body, items }: Answered,
): string | undefined => {
  const next = Number(cursor) + items.length;
  const total = paging.total === undefined ? undefined : atPointer(body, paging.total);
  const isOver = typeof total === 'number' ? next >= total : items.length < paging.limit;
  return isOver || items.length === 0 ? undefined : String(next);
};

const afterPage = (
  paging: Extract<Paging, { style: 'page' }>,
  { cursor, body, items }: Answered,
): string | undefined => {
  const next = (cursor === '' ? paging.first : Number(cursor)) + 1;
  const pages = paging.pages === undefined ? undefined : atPointer(body, paging.pages);
  const isOver = typeof pages === 'number' ? next >= pages + paging.first : items.length < paging.size;
  return isOver || items.length === 0 ? undefined : String(next);
};

const afterCursor = (
  paging: Extract<Paging, { style: 'cursor' }>,
  { body, response }: Answered,
): string | undefined => {
  const next = atPointer(body, paging.next);
  if ((typeof next !== 'string' && typeof next !== 'number') || next === '') return undefined;
  return paging.param === undefined ? sameOrigin(String(next), response.url) : String(next);
};

/** Cursor of the page behind one that was answered; undefined behind the last. */
export const nextCursor = ({ paging }: HttpJsonSettings, answered: Answered): string | undefined => {
  if (paging.style === 'offset') return afterOffset(paging, answered);
  if (paging.style === 'page') return afterPage(paging, answered);
  if (paging.style === 'cursor') return afterCursor(paging, answered);
  const next = paging.style === 'link' ? linkOf(answered.response.headers['link']) : undefined;
  return next === undefined ? undefined : sameOrigin(next, answered.response.url);
};
