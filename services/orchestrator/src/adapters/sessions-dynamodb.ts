import type { SessionV1 } from '@alluvium/contracts';
import { DeleteCommand } from '@aws-sdk/lib-dynamodb';
import type { SessionStore } from '../ports.ts';
import type { Table } from './table.ts';
import { getItem, putVersioned } from './versioned-items.ts';

const keyOf = (sessionId: string) => ({ pk: `session#${sessionId}`, sk: 'session' });

/** Conversations in DynamoDB: `session#<sessionId>` with `session`; forgotten when it says. */
export const dynamoDbSessions = (table: Table): SessionStore => ({
  find: async (sessionId) => {
    const item = await getItem(table, keyOf(sessionId));
    if (item === undefined) return undefined;
    return { session: item['session'] as SessionV1, version: item['version'] as number };
  },
  save: (session, version) =>
    putVersioned(table, {
      ...{ key: keyOf(session.sessionId), version },
      fields: { ttlEpochSeconds: Math.ceil(Date.parse(session.expiresAt) / 1000), session },
    }),
  remove: async (sessionId) => {
    await table.client.send(new DeleteCommand({ TableName: table.tableName, Key: keyOf(sessionId) }));
  },
});
