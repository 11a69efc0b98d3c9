import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { crc32 } from 'node:zlib';
import { systemClock, type Clock } from '../common/clock.ts';
import { serveLocal, type LocalServer } from '../common/http-server.ts';
import { apiError, isApiError, type ApiError } from './api-error.ts';
import type { DynamoDbContext } from './context.ts';
import { openEngine } from './engine.ts';
import { OPERATIONS } from './operations.ts';
import { makeSerialQueue } from './serial-queue.ts';
import { repairTables } from './tables.ts';
import { startSweeper } from './ttl-sweeper.ts';

export interface DynamoDbOptions {
  /** Where the tables are kept; in memory when absent. One server at a time. */
  directory?: string;
  /** 0, the default, picks a free one. */
  port?: number;
  /** Moves TTL and request tokens. */
  clock?: Clock;
}

const MAX_REQUEST_BYTES = 16 * 1024 * 1024;

const serviceError = (name: string, message?: string): ApiError =>
  Object.assign(new Error(name), {
    statusCode: 400,
    body: { __type: `com.amazon.coral.service#${name}`, ...(message === undefined ? {} : { message }) },
  });

const readBody = async (request: IncomingMessage): Promise<Record<string, unknown>> => {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length;
    if (sizeBytes > MAX_REQUEST_BYTES)
      throw Object.assign(serviceError('RequestTooLarge'), { statusCode: 413 });
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString()) as Record<string, unknown>;
  } catch {
    throw serviceError('SerializationException');
  }
};

/** Every call may name its table by ARN. */
const plainTableName = (body: Record<string, unknown>): Record<string, unknown> => {
  const name = body.TableName;
  if (typeof name !== 'string' || !name.startsWith('arn:')) return body;
  return { ...body, TableName: name.slice(name.indexOf('/') + 1) };
};

const answer = async (context: DynamoDbContext, request: IncomingMessage): Promise<object> => {
  const target = /^DynamoDB_20120810\.(\w+)$/.exec(String(request.headers['x-amz-target']))?.[1];
  const operation = OPERATIONS.get(target ?? '');
  if (request.method !== 'POST' || operation === undefined) {
    throw serviceError(
      'UnknownOperationException',
      `${target ?? 'This call'} is not served by the local DynamoDB`,
    );
  }
  if (!request.headers.authorization?.startsWith('AWS4-')) {
    throw serviceError('MissingAuthenticationTokenException', 'Request is missing Authentication Token');
  }
  return operation(context, plainTableName(await readBody(request)));
};

const send = (response: ServerResponse, status: number, body: object): void => {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    'content-type': 'application/x-amz-json-1.0',
    'content-length': Buffer.byteLength(text),
    'x-amz-crc32': crc32(text),
    'x-amzn-requestid': randomUUID(),
  });
  response.end(text);
};

const handle = async (
  context: DynamoDbContext,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
  if (request.method === 'GET') {
    response.end('healthy: dynamodb.us-east-1.amazonaws.com ');
    return;
  }
  try {
    send(response, 200, await answer(context, request));
  } catch (error) {
    if (!isApiError(error)) console.error(error);
    const known = isApiError(error)
      ? error
      : { ...apiError('InternalServerError', String(error)), statusCode: 500 };
    send(response, known.statusCode, known.body);
  }
};

/**
 * Starts DynamoDB on 127.0.0.1: dynalite's engine behind our own front, with transactions, TTL, index updates and
 * atomic, crash-safe writes. A write that was acknowledged survives kill -9. Signatures are not verified.
 */
export const startDynamoDb = async (options: DynamoDbOptions = {}): Promise<LocalServer> => {
  const store = await openEngine(options.directory);
  const context = { store, clock: options.clock ?? systemClock, writers: makeSerialQueue() };
  await repairTables(context);
  const server = await serveLocal((request, response) => handle(context, request, response), options.port);
  const stopSweeper = startSweeper(context);
  return {
    ...server,
    close: async () => {
      await server.close();
      await stopSweeper();
      await context.writers.drain();
      await store.db.close();
    },
  };
};
