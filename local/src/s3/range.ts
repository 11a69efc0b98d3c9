import { S3Error } from './s3-error.ts';

/** First and last byte, both included. */
export interface ByteRange {
  start: number;
  end: number;
}

/** First and last as they are written; undefined for what S3 ignores: other units, lists of ranges, a reversed range. */
const readRange = (header: string | undefined): [first: string, last: string] | undefined => {
  const [, first, last] = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? '') ?? [];
  if (first === undefined || last === undefined || first + last === '') return undefined;
  return first !== '' && last !== '' && Number(last) < Number(first) ? undefined : [first, last];
};

/** Reads `bytes=a-b`, `bytes=a-` or `bytes=-n`; undefined means the whole. */
export const parseRange = (header: string | undefined, sizeBytes: number): ByteRange | undefined => {
  const range = readRange(header);
  if (range === undefined) return undefined;
  const [first, last] = range;
  const start = first === '' ? Math.max(sizeBytes - Number(last), 0) : Number(first);
  const end = first === '' || last === '' ? sizeBytes - 1 : Math.min(Number(last), sizeBytes - 1);
  if (start > end)
    throw new S3Error('InvalidRange', {
      headers: { 'content-range': `bytes */${String(sizeBytes)}` },
      details: { RangeRequested: header ?? '', ActualObjectSize: String(sizeBytes) },
    });
  return { start, end };
};
