import type { ConsoleRoute } from '@alluvium/local';
import type { Connection } from '../connection.ts';
import { listQueues } from '../dlq/dead-letter-queues.ts';
import type { DeadLetter } from '../dlq/dead-letter.ts';
import { openOrigins, redriveLetters, withLetters } from '../dlq/handle-letters.ts';
import { jsonBody } from './json-body.ts';

const describe = ({ id, sentAt, what, errorCode, errorMessage, body, destination }: DeadLetter) => ({
  ...{ id, sentAt, what, errorCode, errorMessage, body },
  destination:
    destination.kind === 'queue'
      ? { kind: 'queue', arn: destination.arn }
      : destination.kind === 'bus'
        ? { kind: 'bus' }
        : destination,
});

const chosen = (letters: readonly DeadLetter[], ids: unknown): DeadLetter[] =>
  letters.filter(({ id }) => Array.isArray(ids) && ids.includes(id));

/** What services gave up: look, put back, drop. */
export const dlqRoutes = (connection: Connection): ConsoleRoute[] => [
  {
    method: 'GET',
    path: '/_local/dlq',
    handle: async () => ({ queues: await listQueues((await openOrigins(connection)).sqs) }),
  },
  {
    method: 'GET',
    path: '/_local/dlq/{service}',
    handle: async ({ params }) =>
      withLetters(await openOrigins(connection), params['service'] ?? '', (letters) => ({
        letters: letters.map(describe),
      })),
  },
  {
    method: 'POST',
    path: '/_local/dlq/{service}/redrive',
    handle: async (request) => {
      const { ids } = await jsonBody(request);
      const stack = await openOrigins(connection);
      return withLetters(stack, request.params['service'] ?? '', (letters, removeLetter) =>
        redriveLetters(stack, chosen(letters, ids), removeLetter),
      );
    },
  },
  {
    method: 'POST',
    path: '/_local/dlq/{service}/drop',
    handle: async (request) => {
      const { ids } = await jsonBody(request);
      const stack = await openOrigins(connection);
      return withLetters(stack, request.params['service'] ?? '', async (letters, removeLetter) => {
        const dropped = chosen(letters, ids);
        for (const letter of dropped) await removeLetter(letter);
        return { dropped: dropped.map(({ id }) => id) };
      });
    },
  },
];
