import type { ConsoleRoute, Journal, LocalServer } from '@alluvium/local';
import type { Connection } from '../connection.ts';
import { builtPages } from './built-pages.ts';
import { collectionRoutes } from './collection-routes.ts';
import { consoleProblem } from './console-problem.ts';
import { contractRoutes } from './contract-routes.ts';
import { dlqRoutes } from './dlq-routes.ts';
import { logRoutes } from './log-routes.ts';
import { objectRoutes } from './object-routes.ts';
import { uploadRoutes } from './upload-routes.ts';

/** What a console is opened on. */
export interface ConsoleTarget {
  connection: Connection;
  /** Of the cloud on this machine. */
  journal?: Journal;
  /** Tried first; a free one is taken when it is not. */
  port: number;
  apiKey?: string | undefined;
}

const routesOf = ({ connection, journal }: ConsoleTarget): ConsoleRoute[] => {
  // Without a bucket the stack is known by its HTTP API alone.
  const hasStore = connection.bucket !== '';
  const info = {
    mode: journal === undefined ? 'remote' : 'local',
    api: connection.api,
    events: journal !== undefined,
    store: hasStore,
  };
  return [
    { method: 'GET', path: '/_local/info', handle: () => info },
    ...contractRoutes(),
    ...uploadRoutes(connection),
    ...(journal === undefined ? [] : logRoutes(journal)),
    ...(hasStore
      ? [...dlqRoutes(connection), ...collectionRoutes(connection), ...objectRoutes(connection)]
      : []),
  ];
};

/** Serves the console of a stack on 127.0.0.1. */
export const openConsole = async (target: ConsoleTarget): Promise<LocalServer> => {
  const { startConsole } = await import('@alluvium/local');
  const { connection, journal, apiKey, port } = target;
  const headers = (): Record<string, string> => (apiKey === undefined ? {} : { 'x-api-key': apiKey });
  const options = {
    directory: await builtPages(),
    api: { url: connection.api.replace(/\/$/, ''), headers },
    journal,
    routes: routesOf(target),
    problemOf: consoleProblem,
  };
  return startConsole({ ...options, port }).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE' || port === 0) throw error;
    return startConsole({ ...options, port: 0 });
  });
};
