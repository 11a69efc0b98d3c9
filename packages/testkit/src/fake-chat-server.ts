import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as the fake got it. */
export interface ChatServerRequest {
  path: string;
  authorization: string | undefined;
  body: {
    model: string;
    messages: { role: string; content: string }[];
    [name: string]: unknown;
  };
}

/** What the fake answers: a text, or a status without one. */
export type ChatServerReply = string | { status: number };

/** A server that speaks the chat completions API of OpenAI. */
export interface FakeChatServer {
  /** Base of the API, `http://127.0.0.1:<port>/v1`. */
  readonly baseUrl: string;
  readonly requests: ChatServerRequest[];
  close(): Promise<void>;
}

const bodyOf = async (request: IncomingMessage): Promise<ChatServerRequest['body']> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString('utf8')) as ChatServerRequest['body'];
};

/** Starts a server on a free port of this machine; `reply` is asked for each answer, which may depend on the request. */
export const startFakeChatServer = async (
  reply: (request: ChatServerRequest) => ChatServerReply,
): Promise<FakeChatServer> => {
  const requests: ChatServerRequest[] = [];
  const server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      const received = { path: request.url ?? '', authorization: request.headers.authorization, body };
      requests.push(received);
      const answer = reply(received);
      const isText = typeof answer === 'string';
      response.writeHead(isText ? 200 : answer.status, { 'content-type': 'application/json' });
      const choice = { index: 0, finish_reason: 'stop', message: { role: 'assistant', content: answer } };
      const completion = { choices: [choice], usage: { prompt_tokens: 100, completion_tokens: 10 } };
      response.end(JSON.stringify(isText ? completion : { error: { message: 'refused' } }));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    baseUrl: `http://127.0.0.1:${port}/v1`,
    requests,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
};
