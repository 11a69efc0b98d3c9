import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CreateEventBusCommand, EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import type { PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import { shellWords } from '../../contracts-test/support/shell-words.ts';
import { startServers, type BusEvent, type Servers } from '@alluvium/local';

const page = readFileSync(new URL('../../docs/events.md', import.meta.url), 'utf8');
const commands = [...page.matchAll(/^aws events put-events .*$/gm)].map(([command]) => command);
const entriesOf = (command: string): PutEventsRequestEntry[] => {
  const words = shellWords(command);
  return JSON.parse(words[words.indexOf('--entries') + 1]!) as PutEventsRequestEntry[];
};

describe('the commands of docs/events.md', () => {
  let servers: Servers;
  let client: EventBridgeClient;
  const arrived: BusEvent[] = [];

  beforeAll(async () => {
    servers = await startServers();
    servers.bus.onEvent((event) => arrived.push(event));
    client = new EventBridgeClient({
      region: 'eu-west-1',
      endpoint: servers.endpoints.eventbridge,
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    });
    await client.send(new CreateEventBusCommand({ Name: 'alluvium-dev' }));
  });
  afterAll(() => servers.close());

  it('are there', () => {
    expect(commands.length).toBeGreaterThan(10);
  });

  it.each(commands.map((command) => [entriesOf(command)[0]?.DetailType, command]))(
    'put %s on the bus',
    async (name, command) => {
      const answer = await client.send(new PutEventsCommand({ Entries: entriesOf(command!) }));
      expect(answer).toMatchObject({ FailedEntryCount: 0, Entries: [{ EventId: expect.any(String) }] });
      const event = arrived.find(({ id }) => id === answer.Entries?.[0]?.EventId);
      expect(event).toMatchObject({ 'detail-type': name, detail: { metadata: {}, data: {} } });
    },
  );
});
