import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { guardedFetch, openConnector } from '@alluvium/connectors';
import {
  derivedDocumentV1,
  documentsDerivedV1,
  type DerivedDocumentV1,
  type OutgoingEvent,
} from '@alluvium/contracts';
import { startFakeMarvel, testContext, type FakeMarvel } from '@alluvium/testkit';
import { inboxFiles } from '../src/adapters/inbox-files.ts';
import { makeHandler as onInbox } from '../src/handlers/on-inbox-object-created.ts';
import { randomlyMortal } from './support/mortal.ts';
import { deliver, makeWorld, objectCreated, putSource, settle, type World } from './support/world.ts';

const ENTITIES = 3000;
const INTERRUPTIONS = 20;
/** Two crawls of hundreds of requests each, on a machine that may have other things to do. */
const TIMEOUT_MS = 180_000;

const documentsOf = async ({ bus, objects }: World): Promise<Map<string, DerivedDocumentV1>> => {
  const pointers = bus.dataOf(documentsDerivedV1).flatMap(({ derived }) => derived ?? []);
  const parts = await Promise.all(pointers.map((pointer) => objects.readRecords(derivedDocumentV1, pointer)));
  return new Map(parts.flat().map((document) => [document.documentId, document]));
};

describe('a crawl of three thousand entities', () => {
  let marvel: FakeMarvel;

  beforeAll(async () => {
    marvel = await startFakeMarvel({ entities: ENTITIES, dailyLimit: 100_000 });
  });
  afterAll(() => marvel.close());

  const start = async (): Promise<{ world: World; continued: OutgoingEvent }> => {
    const world = makeWorld();
    const secrets: Record<string, string> = {
      'marvel-public-key': marvel.keys.publicKey,
      'marvel-private-key': marvel.keys.privateKey,
    };
    const clock = { nowMs: () => world.runtime.origin.nowMs(), pause: async () => undefined };
    world.deps.connect = (source) =>
      openConnector(source, {
        http: guardedFetch({ allowedHosts: ['127.0.0.1'] }),
        ...{ clock, secrets: async (name) => secrets[name]!, files: inboxFiles(world.inbox, 'docs') },
      });
    const settings = { baseUrl: marvel.baseUrl, edges: 'complete', minIntervalMs: 0 };
    await onInbox(world.deps)(
      objectCreated(putSource(world, { name: 'marvel', connector: 'marvel', settings })),
      testContext(),
    );
    return { world, continued: world.bus.events.at(-1)! };
  };

  it(
    'that dies twenty times ends as if it had not, with at most five percent more requests',
    async () => {
      const whole = await start();
      await settle(whole.world, 0);
      const wanted = marvel.requests.length;
      const undisturbed = await documentsOf(whole.world);
      expect(undisturbed.size).toBe(marvel.entities().length);

      const { world, continued } = await start();
      for (let death = 0; death < INTERRUPTIONS; death += 1) {
        await deliver(randomlyMortal(world, death, Math.floor((wanted * 2) / INTERRUPTIONS)), continued);
      }
      await settle(world, world.bus.events.indexOf(continued));
      const spent = marvel.requests.length - wanted;
      expect(await documentsOf(world)).toEqual(undisturbed);
      expect(world.runtime.deadLetterList).toEqual([]);
      expect(spent).toBeGreaterThan(wanted);
      expect(spent).toBeLessThanOrEqual(wanted * 1.05);
      const told = [...world.objects.stored.values()].map((bytes) => Buffer.from(bytes).toString('latin1'));
      for (const secret of Object.values(marvel.keys))
        expect(told.filter((text) => text.includes(secret))).toEqual([]);
    },
    TIMEOUT_MS,
  );
});
