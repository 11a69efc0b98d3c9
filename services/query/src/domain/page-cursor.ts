import { canonicalJson, PipelineError, sha256Hex } from '@alluvium/contracts';
import { refuse } from './refusals.ts';
import type { PageCursor, Search } from './search.ts';

const FINGERPRINT_LENGTH = 16;
/** Ranks beyond these are not the same however far a page reaches: fusion looks at so many rows of each list. */
const REACH = { hybrid: 200, dense: 1000, lexical: 1000 } as const;

const fingerprint = (value: unknown): string => sha256Hex(canonicalJson(value)).slice(0, FINGERPRINT_LENGTH);

/** What deltas were searched, in a few characters; empty of none. */
export const tailFingerprint = (deltaIds: readonly string[]): string =>
  deltaIds.length === 0 ? '' : fingerprint(deltaIds.toSorted());

/** What makes two searches pages of one list: all but the size of the page and what is told of each result. */
export const queryFingerprint = (search: Search, indexPath: string): string => {
  const { k: _k, cursor: _cursor, highlight: _highlight, explain: _explain, vector, ...query } = search;
  const listed = vector === undefined ? null : [...vector];
  return fingerprint(JSON.parse(JSON.stringify({ ...query, vector: listed, indexPath })));
};

/** The cursor as callers carry it. */
export const encodeCursor = ({ version, tail, offset, query }: PageCursor): string =>
  Buffer.from([version, tail, offset, query].join(' ')).toString('base64url');

const CURSOR = /^(\d{1,15}) ([0-9a-f]{16}|) (\d{1,4}) ([0-9a-f]{16})$/;

/** The cursor of an earlier answer. Error: CURSOR_INVALID. */
export const decodeCursor = (text: string): PageCursor => {
  const [, version, tail = '', offset, query] =
    CURSOR.exec(Buffer.from(text, 'base64url').toString('utf8')) ?? [];
  if (query === undefined) throw refuse('CURSOR_INVALID', 'cursor must be one that an earlier answer gave.');
  return { version: Number(version), tail, offset: Number(offset), query };
};

/** Error: CURSOR_INVALID for a cursor of another query. */
export const assertSameQuery = (cursor: PageCursor, query: string): void => {
  if (cursor.query === query) return;
  throw refuse(
    'CURSOR_INVALID',
    'cursor belongs to another query or another index: only k, highlight and explain may differ between pages.',
  );
};

/** The error for a cursor whose version cannot be searched as it was. */
export const cursorExpired = ({ version }: PageCursor, why: string): PipelineError =>
  refuse('CURSOR_EXPIRED', `cursor is of version ${version}, and ${why}: search again without it.`);

/** How many results a search looks for so that its page is among them; none past the reach of its mode. */
export const rowsToPage = ({ k, mode, cursor }: Search): { offset: number; wanted: number } => {
  const offset = cursor?.offset ?? 0;
  return { offset, wanted: Math.min(offset + k, Math.max(REACH[mode], k)) };
};

/** The offset of the next page; undefined where there is none. */
export const nextOffset = ({ mode, diversity = 0 }: Search, end: number): number | undefined =>
  diversity === 0 && end < REACH[mode] ? end : undefined;
