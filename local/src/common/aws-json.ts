import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { isPipelineError, PipelineError } from '@alluvium/contracts';
import { serveLocal, type LocalServer } from './http-server.ts';

/** What an operation may ask about the call it serves. */
export interface Call {
  /** Aborted when the caller hangs up, so that a long poll takes no message nobody will read. */
  signal: AbortSignal;
}

/** Operations by the name behind the dot of X-Amz-Target. Each declares the shape of its own input. */
export type OperationTable = Record<string, (input: never, call: Call) => object | Promise<object>>;

/** One AWS service that speaks JSON over HTTP. */
export interface AwsJsonService {
  /** 1.0 (SQS) or 1.1 (EventBridge). */
  version: '1.0' | '1.1';
  operations: OperationTable;
  /** Put before the `#` of an error type, for example `com.amazonaws.sqs`. */
  errorNamespace?: string;
  port?: number;
}

export interface AwsErrorOptions {
  /** The code of the older query protocol, sent as x-amzn-query-error; SDKs keep it in `error.Error.Code`. */
  queryCode?: string;
  status?: number;
}

const upperSnake = (name: string): string =>
  name
    .replace(/Exception$/, '')
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toUpperCase();

/** An error as AWS words it. `code` is the AWS name in upper snake case: QueueDoesNotExist is QUEUE_DOES_NOT_EXIST. */
export const awsError = (type: string, message: string, options: AwsErrorOptions = {}): PipelineError =>
  new PipelineError(message, {
    code: upperSnake(type),
    kind: 'invalid',
    details: { awsType: type, status: options.status ?? 400, queryCode: options.queryCode ?? type },
  });

/** The largest request of either service is 1 MiB of content; JSON escapes can multiply it by six. */
const MAX_REQUEST_BYTES = 8 * 1024 * 1024;

const readBody = async (request: IncomingMessage): Promise<string> => {
  const parts: Buffer[] = [];
  let sizeBytes = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    sizeBytes += part.length;
    if (sizeBytes > MAX_REQUEST_BYTES)
      throw awsError('RequestEntityTooLargeException', 'Request too large.', { status: 413 });
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
};

const parseInput = (text: string): object => {
  let input: unknown;
  try {
    input = text === '' ? {} : JSON.parse(text);
  } catch {
    throw awsError('SerializationException', 'The request is not valid JSON.');
  }
  if (typeof input === 'object' && input !== null && !Array.isArray(input)) return input;
  throw awsError('SerializationException', 'The request is not a JSON object.');
};

const operationOf = (service: AwsJsonService, request: IncomingMessage) => {
  const name = String(request.headers['x-amz-target'] ?? '').split('.')[1] ?? '';
  const operation = Object.hasOwn(service.operations, name) ? service.operations[name] : undefined;
  if (operation !== undefined) return operation;
  throw awsError(
    'UnknownOperationException',
    `The operation ${name === '' ? '(none)' : name} is not implemented.`,
  );
};

interface Reply {
  status: number;
  headers: Record<string, string>;
  body: object;
}

const toFailure = (service: AwsJsonService, error: unknown): Reply => {
  if (!isPipelineError(error) || typeof error.details.awsType !== 'string') {
    console.error(error);
    return { status: 500, headers: {}, body: { __type: 'InternalFailure', message: 'Internal failure.' } };
  }
  const { awsType, status, queryCode } = error.details as {
    awsType: string;
    status: number;
    queryCode: string;
  };
  const namespace = service.errorNamespace === undefined ? '' : `${service.errorNamespace}#`;
  const headers = service.version === '1.0' ? { 'x-amzn-query-error': `${queryCode};Sender` } : {};
  return { status, headers, body: { __type: namespace + awsType, message: error.message } };
};

const reply = (service: AwsJsonService, response: ServerResponse, { status, headers, body }: Reply): void => {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    'content-type': `application/x-amz-json-${service.version}`,
    'content-length': Buffer.byteLength(text),
    'x-amzn-requestid': randomUUID(),
    ...headers,
  });
  response.end(text);
};

/** Serves the operations to the plain AWS SDK. */
export const serveAwsJson = (service: AwsJsonService): Promise<LocalServer> =>
  serveLocal(async (request, response) => {
    const hangUp = new AbortController();
    response.once('close', () => {
      hangUp.abort();
    });
    try {
      const operation = operationOf(service, request);
      const input = parseInput(await readBody(request));
      const body = await operation(input as never, { signal: hangUp.signal });
      reply(service, response, { status: 200, headers: {}, body });
    } catch (error) {
      reply(service, response, toFailure(service, error));
    }
  }, service.port);
