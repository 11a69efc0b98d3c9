import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { chainLength, type LoggedRequest, type Traffic } from './request-log.ts';

const SERVER = fileURLToPath(new URL('range-server.ts', import.meta.url));

/** What one connection to S3 is like from a Lambda function in the same region. */
export const S3_LIKE = { latencyMs: 25, megabytesPerS: 85 };

/** A range server in a process of its own. */
export interface RangeServer {
  endpoint: string;
  /** What was asked since the last call. Log requests themselves are left out, but not the connection that they use. */
  traffic(): Promise<Traffic>;
  stop(): Promise<void>;
}

/** Serves a folder, whose folders are buckets. */
export const startServer = async (
  folder: string,
  { latencyMs, megabytesPerS }: { latencyMs: number; megabytesPerS: number },
): Promise<RangeServer> => {
  const args = [SERVER, folder, String(latencyMs), String(megabytesPerS)];
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const [first] = (await once(child.stdout, 'data')) as [Buffer];
  const endpoint = `http://127.0.0.1:${first.toString('utf8').trim()}`;
  return {
    endpoint,
    async traffic() {
      const response = await fetch(`${endpoint}/-/log`, { headers: { connection: 'close' } });
      const log = (await response.json()) as { requests: LoggedRequest[]; connections: number };
      return {
        requests: log.requests.length,
        bytes: log.requests.reduce((sum, { bytes }) => sum + bytes, 0),
        connections: Math.max(0, log.connections - 1),
        roundTrips: chainLength(log.requests),
      };
    },
    async stop() {
      const ended = once(child, 'exit');
      child.stdin.end();
      await ended;
    },
  };
};
