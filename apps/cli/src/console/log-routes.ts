import type { ConsoleRoute, Journal } from '@alluvium/local';

/** What functions wrote while they worked. */
export const logRoutes = (journal: Journal): ConsoleRoute[] => [
  {
    method: 'GET',
    path: '/_local/logs',
    handle: ({ query }) => ({ lines: journal.logsOf(new Set(query.getAll('requestId'))) }),
  },
];
