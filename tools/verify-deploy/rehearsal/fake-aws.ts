import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { FakeCloudFormation, type Answer } from './cloudformation.ts';
import type { SentTemplate } from './refusals.ts';
import { Uploads } from './uploads.ts';

/** AWS's own limit. */
const MOST_UNZIPPED_BYTES = 262_144_000;

export interface FakeAwsOptions {
  /** Stacks that are there already. */
  stacks?: Readonly<Record<string, SentTemplate>>;
  mostUnzippedBytes?: number;
}

export interface FakeAws {
  endpoint: string;
  /** Names of the stacks that are there. */
  stacks: () => string[];
  stop: () => Promise<void>;
}

const escaped = (text: string): string => text.replace(/[<&>]/g, ' ');

const send = (response: ServerResponse, action: string, answer: Answer): void => {
  const metadata = '<ResponseMetadata><RequestId>r</RequestId></ResponseMetadata>';
  const [status, xml] =
    'body' in answer
      ? [
          200,
          `<${action}Response xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><${action}Result>${answer.body}</${action}Result>${metadata}</${action}Response>`,
        ]
      : [
          400,
          `<ErrorResponse><Error><Type>Sender</Type><Code>${answer.code}</Code><Message>${escaped(answer.message)}</Message></Error><RequestId>r</RequestId></ErrorResponse>`,
        ];
  response.writeHead(status, { 'content-type': 'text/xml' }).end(xml);
};

const bodyOf = async (request: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
};

/** An account to rehearse deployments on: CloudFormation, STS and the bucket of packages, behind AWS_ENDPOINT_URL. */
export const startFakeAws = async (options: FakeAwsOptions = {}): Promise<FakeAws> => {
  const uploads = new Uploads();
  const cloudFormation = new FakeCloudFormation(
    {
      mostUnzippedBytes: options.mostUnzippedBytes ?? MOST_UNZIPPED_BYTES,
      uploaded: (keyEnd) => uploads.find(keyEnd),
    },
    options.stacks,
  );
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await bodyOf(request);
    const url = new URL(request.url ?? '/', 'http://localhost');
    const isForm = (request.headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded');
    if (!isForm || url.pathname !== '/') {
      uploads.handle(request, url, body, response);
      return;
    }
    const query = new URLSearchParams(body.toString('utf8'));
    send(response, query.get('Action') ?? '', cloudFormation.handle(query));
  };
  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      response.destroy(error instanceof Error ? error : undefined);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
  return {
    endpoint: `http://127.0.0.1:${String(port)}`,
    stacks: () => [...cloudFormation.stacks.keys()],
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
};
