import { deltaRejectedV1 } from '@alluvium/contracts';
import { testContext } from '@alluvium/testkit';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { makeHandler as onReconcile } from '../src/handlers/on-reconcile.ts';
import type { OperationDeps } from '../src/ports.ts';
import { deltaOf, INDEX_PATH, RUN_ID, storeDelta } from './support/deltas.ts';
import { announced, answerAll, arrive, makeWorld, type World } from './support/world.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

let world: World;
let requests: string[];

const PORTS = ['store', 'inbox', 'objects'] as const;

/** Counts every call that would be a request; an entry of a list stands for its page. */
const counted = (deps: OperationDeps): OperationDeps => {
  const wrap = <Port extends object>(port: Port): Port =>
    new Proxy(port, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name);
        if (typeof member !== 'function') return member;
        return (...args: unknown[]): unknown => {
          requests.push(String(name));
          return Reflect.apply(member, target, args);
        };
      },
    });
  return { ...deps, ...Object.fromEntries(PORTS.map((name) => [name, wrap(deps[name])])) };
};

const reconcile = (deps: OperationDeps = world.deps): Promise<void> =>
  onReconcile(counted(deps))({}, testContext());
const waitingParts = (): number[] => [...world.inbox.waiting.values()].map(({ part }) => part).sort();

beforeEach(() => {
  world = makeWorld();
  requests = [];
});

describe('on-reconcile', () => {
  it('costs one listing when the bucket holds no delta', async () => {
    await reconcile();
    expect(requests).toEqual(['list']);
  });

  it('costs one listing while all deltas are so young that their events may be under way', async () => {
    await storeDelta(world.objects, deltaOf(0));
    await reconcile();
    expect(requests).toEqual(['list']);
    expect(waitingParts()).toEqual([]);
  });

  it('costs the same few reads however many deltas the snapshot holds', async () => {
    for (let part = 0; part < 40; part += 1) await arrive(world, deltaOf(part));
    await answerAll(world);
    world.runtime.advance(HOUR_MS);
    await reconcile();
    // The listing, the indexes, the inbox, and of the snapshot HEAD, manifest and applied set.
    expect(requests.sort()).toEqual(['get', 'get', 'get', 'indexes', 'list', 'pending']);
    expect(waitingParts()).toEqual([]);
  });

  it('puts a delta into the inbox whose event was lost, as its event would have', async () => {
    await arrive(world, deltaOf(0));
    await storeDelta(world.objects, deltaOf(1));
    world.runtime.advance(HOUR_MS);
    await reconcile();
    const items = [...world.inbox.waiting.values()].sort((left, right) => left.part - right.part);
    expect(items).toHaveLength(2);
    const [{ cause: _event, ...known }, { cause, ...found }] = items as [
      (typeof items)[0],
      (typeof items)[0],
    ];
    expect(Object.keys(found).sort()).toEqual(Object.keys(known).sort());
    expect(found).toMatchObject({ part: 1, runId: RUN_ID, attempt: 1, indexPath: INDEX_PATH, tries: 0 });
    expect(cause.correlationId).toBe(RUN_ID);
    await answerAll(world);
    const parts = (await announced(world)).flat().map(({ part }) => part);
    expect([...parts].sort()).toEqual([0, 1]);
  });

  it('finds the first delta of an index that nobody has heard of', async () => {
    await storeDelta(world.objects, deltaOf(0, { collection: 'notes' }));
    world.runtime.advance(HOUR_MS);
    await reconcile();
    expect(await world.inbox.indexes()).toMatchObject([{ collection: 'notes' }]);
    expect(waitingParts()).toEqual([0]);
  });

  it('registers a delta once, also when its event comes after all or two reconcilers meet', async () => {
    await storeDelta(world.objects, deltaOf(0));
    world.runtime.advance(HOUR_MS);
    await Promise.all([reconcile(), reconcile()]);
    await arrive(world, deltaOf(0));
    expect(waitingParts()).toEqual([0]);
    await answerAll(world);
    await reconcile();
    expect(waitingParts()).toEqual([]);
    expect(await announced(world)).toHaveLength(1);
  });

  it('does not take up what was rejected', async () => {
    await arrive(world, deltaOf(0, { model: { id: 'other@0123456789ab', dims: 4 } }));
    await answerAll(world);
    expect(world.bus.dataOf(deltaRejectedV1)).toHaveLength(1);
    world.runtime.advance(HOUR_MS);
    await reconcile();
    expect(waitingParts()).toEqual([]);
  });

  it('quarantines what is no delta, says why once, and registers the others', async () => {
    await storeDelta(world.objects, deltaOf(0), Buffer.from('no delta at all'));
    const strange = deltaOf(2);
    world.objects.stored.set(
      `embeddings/docs/${RUN_ID}/1-${deltaOf(1).deltaId}`,
      world.objects.stored.get((await storeDelta(world.objects, strange)).delta.key)!,
    );
    world.runtime.advance(HOUR_MS);
    await reconcile();
    await reconcile();
    expect(waitingParts()).toEqual([2]);
    expect(world.bus.dataOf(deltaRejectedV1)).toMatchObject([
      { part: 0, runId: RUN_ID, collection: 'docs', error: { code: 'DELTA_CORRUPT' } },
      { part: 1, deltaId: deltaOf(1).deltaId, error: { code: 'DELTA_INVALID' } },
    ]);
  });

  it('tries an object again that the store does not give, without blocking the others', async () => {
    await storeDelta(world.objects, deltaOf(0));
    await storeDelta(world.objects, deltaOf(1));
    world.runtime.advance(HOUR_MS);
    const find = async (key: string) => {
      if (key.includes('/0-')) throw new Error('S3 is away');
      return world.objects.find(key);
    };
    await reconcile({ ...world.deps, objects: { ...world.objects, find } });
    expect(waitingParts()).toEqual([1]);
    expect(world.bus.events).toEqual([]);
    await reconcile();
    expect(waitingParts()).toEqual([0, 1]);
  });

  it('lets very old deltas and other objects lie', async () => {
    await storeDelta(world.objects, deltaOf(0));
    world.objects.stored.set('embeddings/docs/README.md', Buffer.from('?'));
    world.runtime.advance(31 * DAY_MS);
    await reconcile();
    expect(waitingParts()).toEqual([]);
    expect(requests).toEqual(['list']);
  });
});
