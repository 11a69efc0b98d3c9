import { beforeAll, describe, expect, it } from '@jest/globals';
import { assertEvent, type EventContract, type EventDetail } from '@alluvium/contracts';
import { events } from '@alluvium/contracts/catalogue';
import { makeInstallation, type Installation } from './support/installation.ts';
import { assertContent, faultOf, pointersIn } from './support/pointers.ts';
import { playAll } from './support/scenario.ts';
import { loadServices } from './support/services.ts';

const contracts = events as Record<string, EventContract<EventDetail>>;
const producers = loadServices().filter(({ contract }) => contract.emits.length + contract.writes.length > 0);

let installation: Installation;

beforeAll(async () => {
  installation = await makeInstallation();
  await playAll(installation);
});

describe.each(producers)('$name', ({ name, contract }) => {
  const emitted = () => installation.emissions.filter(({ service }) => service === name);

  it('emits every event that it declares, and no other', () => {
    const seen = new Set(emitted().map(({ event }) => event.detailType));
    expect([...seen].sort()).toEqual([...contract.emits].sort());
  });

  it('emits nothing but what the closed schemas allow', () => {
    for (const { event } of emitted()) assertEvent(contracts[event.detailType]!, event.detail, 'producer');
  });

  it('gives its folder as the source, and its version as the producer', () => {
    for (const { event } of emitted()) {
      expect([event.source, event.detail.metadata.producer]).toEqual([
        name,
        expect.stringMatching(new RegExp(`^${name}@\\d+\\.\\d+\\.\\d+$`)),
      ]);
    }
  });

  it('writes every object that it declares, and no other', () => {
    const seen = new Set(installation.recordsOf(name).written.map(({ contentSchema }) => contentSchema));
    expect([...seen].sort()).toEqual([...contract.writes].sort());
  });

  it('writes nothing but what the closed schemas allow', async () => {
    for (const { contentSchema, key } of installation.recordsOf(name).written) {
      const object = await installation.store.get(key);
      if (object === undefined || object === 'not-modified') throw new Error(`${key} is not there`);
      expect(assertContent(contentSchema, object.body)).toBeGreaterThanOrEqual(0);
    }
  });

  it('reads no object that it does not declare', () => {
    const { read } = installation.recordsOf(name);
    expect([...read].filter((contentSchema) => !contract.reads.includes(contentSchema))).toEqual([]);
  });

  it('has every object in place before the event that points to it', () => {
    expect(emitted().flatMap(({ pointerFaults }) => pointerFaults)).toEqual([]);
  });

  it('points to objects of the size, sha256, records and content that the pointer tells', () => {
    const pointers = emitted().flatMap(({ event }) => pointersIn(event.detail.data));
    const faults = pointers.map((pointer) => faultOf(pointer, installation.stored.get(pointer.key)));
    expect(faults.filter((fault) => fault !== undefined)).toEqual([]);
  });
});
