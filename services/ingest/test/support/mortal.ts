import { createHash } from 'node:crypto';
import type { World } from './world.ts';

/** The same world, until its write number `deadAt`. */
export const mortal = (world: World, deadAt: number, moment: string): World => {
  let writes = 0;
  const live = async <R>(write: () => Promise<R>): Promise<R> => {
    writes += 1;
    if (writes === deadAt && moment === 'before') throw new Error('killed');
    const result = await write();
    if (writes === deadAt) throw new Error('killed');
    return result;
  };
  const { objects, runs, bus, generations } = world;
  const deps: World['deps'] = {
    ...world.deps,
    objects: {
      ...objects,
      writeBytes: (schema, key, bytes) => live(() => objects.writeBytes(schema, key, bytes)),
      writeDocument: (contract, key, value) => live(() => objects.writeDocument(contract, key, value)),
    },
    generations: {
      ...generations,
      add: (...args) => live(() => generations.add(...args)),
    },
    runs: {
      ...runs,
      addPart: (runId, part) => live(() => runs.addPart(runId, part)),
      seal: (runId, attempt) => live(() => runs.seal(runId, attempt)),
    },
    bus: { ...bus, publish: (contract, data, cause) => live(() => bus.publish(contract, data, cause)) },
  };
  return { ...world, deps };
};

/** The same world, until a write that `seed` draws among the next ones. */
export const randomlyMortal = (world: World, seed: number, among: number): World => {
  const drawn = createHash('sha256').update(String(seed)).digest();
  return mortal(world, 1 + (drawn.readUInt32LE(0) % among), seed % 2 === 0 ? 'before' : 'after');
};
