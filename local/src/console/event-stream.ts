import type { ServerResponse } from 'node:http';
import type { Journal } from './journal.ts';

const HEARTBEAT_MS = 15_000;

/** Sends the journal as server-sent events: what came after `seq` as one `backlog`, then every entry as it comes. */
export const streamJournal = (journal: Journal, seq: number, response: ServerResponse): void => {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  const send = (name: string, id: number, data: unknown): void => {
    response.write(`event: ${name}\nid: ${id}\ndata: ${JSON.stringify(data)}\n\n`);
  };
  const backlog = journal.since(seq);
  send('backlog', backlog.at(-1)?.seq ?? seq, backlog);
  const stop = journal.onEntry((entry) => {
    send('entry', entry.seq, entry);
  });
  const heart = setInterval(() => response.write(': still here\n\n'), HEARTBEAT_MS);
  heart.unref();
  response.on('close', () => {
    clearInterval(heart);
    stop();
  });
};
