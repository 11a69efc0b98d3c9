import type { SourceRecord } from './connector.ts';

const MAX_MESSAGE_LENGTH = 2000;
const MAX_PATH_LENGTH = 1000;

/** A record in place of what could not be read; `reason` goes on from the path. */
export const rejected = (path: string, code: string, reason: string): SourceRecord => {
  const short = path.slice(0, MAX_PATH_LENGTH);
  return { path: short, rejected: { code, message: `${short} ${reason}`.slice(0, MAX_MESSAGE_LENGTH) } };
};
