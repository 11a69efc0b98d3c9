/**
 * The program of one execution environment, as a child process of the runner: loads one function's bundle and calls
 * its handler, one event at a time. It ends with its parent.
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  CODE_DIRECTORY,
  HANDLER,
  type EnvironmentMessage,
  type FunctionError,
  type InvokeMessage,
} from './ipc.ts';

type Handler = (event: unknown, context: object) => unknown;

const MEMORY_REPORT_MS = 1000;

const send = (message: EnvironmentMessage): void => {
  process.send?.(message);
};

const toFunctionError = (error: unknown, fallbackType = 'Error'): FunctionError =>
  error instanceof Error
    ? {
        errorType: error.name,
        errorMessage: error.message,
        trace: (error.stack ?? '').split('\n'),
      }
    : { errorType: fallbackType, errorMessage: String(error), trace: [] };

const runtimeError = (errorType: string, errorMessage: string): Error =>
  Object.assign(new Error(errorMessage), { name: errorType });

const findModule = (withoutExtension: string): string => {
  const found = ['.mjs', '.js', '.cjs'].map((extension) => withoutExtension + extension).find(existsSync);
  if (found === undefined)
    throw runtimeError('Runtime.ImportModuleError', `Cannot find module '${withoutExtension}'`);
  return found;
};

const loadHandler = async (): Promise<Handler> => {
  const specification = process.env[HANDLER] ?? '';
  const dot = specification.lastIndexOf('.');
  const file = findModule(path.resolve(process.env[CODE_DIRECTORY] ?? '', specification.slice(0, dot)));
  const module = (await import(pathToFileURL(file).href)) as Record<string, unknown>;
  const handler = module[specification.slice(dot + 1)];
  if (typeof handler !== 'function')
    throw runtimeError('Runtime.HandlerNotFound', `${specification} is undefined or not exported`);
  return handler as Handler;
};

const contextOf = ({ requestId, functionArn, deadlineMs }: InvokeMessage): object => ({
  awsRequestId: requestId,
  callbackWaitsForEmptyEventLoop: true,
  functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
  functionVersion: process.env.AWS_LAMBDA_FUNCTION_VERSION,
  invokedFunctionArn: functionArn,
  memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
  logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
  logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
  getRemainingTimeInMillis: () => Math.max(0, deadlineMs - Date.now()),
});

const reportMemory = (): void => {
  send({ type: 'memory', rssBytes: process.memoryUsage.rss() });
};

const invoke = async (handler: Handler, message: InvokeMessage): Promise<void> => {
  const { requestId, event } = message;
  try {
    const payload = (await handler(event, contextOf(message))) ?? null;
    reportMemory();
    send({ type: 'succeeded', requestId, payload });
  } catch (error) {
    // Lambda writes a function's error to its log
    console.error(error);
    send({ type: 'failed', requestId, error: toFunctionError(error) });
  }
};

const crash = (error: unknown): void => {
  console.error(error);
  process.exit(129);
};

process.on('disconnect', () => process.exit(0));
process.on('uncaughtException', crash);
process.on('unhandledRejection', crash);
setInterval(reportMemory, MEMORY_REPORT_MS).unref();

try {
  const handler = await loadHandler();
  process.on('message', (message: InvokeMessage) => {
    void invoke(handler, message);
  });
  send({ type: 'ready' });
} catch (error) {
  console.error(error);
  send({ type: 'init-failed', error: toFunctionError(error) });
}
