import { closeSync, openSync, readSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

const MOST_BYTES = 256 * 1024;
/** What a fresh connection sends before its rate counts. */
const BURST_BYTES = 32 * 1024;
const LEAST_BYTES = 16 * 1024;

/** A part of a file; `end` is exclusive. */
export interface FilePart {
  file: string;
  start: number;
  end: number;
}

const drained = (response: ServerResponse): Promise<void> =>
  new Promise((resolve) => {
    const done = (): void => {
      response.off('drain', done).off('close', done);
      resolve();
    };
    response.on('drain', done).on('close', done);
  });

/** Sends a part of a file, no faster than one connection to S3 would; 0 is as fast as it goes. Returns the bytes sent. */
export const sendPaced = async (
  response: ServerResponse,
  { file, start, end }: FilePart,
  bytesPerMs: number,
): Promise<number> => {
  const handle = openSync(file, 'r');
  const startedMs = performance.now();
  let sent = 0;
  try {
    while (sent < end - start && !response.destroyed) {
      const left = end - start - sent;
      const allowed =
        bytesPerMs === 0 ? MOST_BYTES : (performance.now() - startedMs) * bytesPerMs + BURST_BYTES - sent;
      if (allowed < Math.min(LEAST_BYTES, left)) {
        await sleep(1);
        continue;
      }
      const chunk = Buffer.allocUnsafe(Math.min(left, Math.floor(allowed), MOST_BYTES));
      const read = readSync(handle, chunk, 0, chunk.length, start + sent);
      if (read === 0) break;
      sent += read;
      if (!response.write(chunk.subarray(0, read))) await drained(response);
    }
  } finally {
    closeSync(handle);
  }
  return sent;
};
