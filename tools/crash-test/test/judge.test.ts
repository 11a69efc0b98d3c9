import { describe, expect, it } from '@jest/globals';
import { seededRandom } from '@alluvium/testkit/simulation';
import { contentOf } from '../../simulation/reference-model.ts';
import { judge } from '../judge.ts';
import type { End, Found } from '../observe.ts';
import { isLetter, makePlan, type Plan } from '../plan.ts';
import { faultBetween } from '../reader.ts';

const plan: Plan = makePlan(seededRandom('judge'), 60);

/** What must be found when nothing went wrong. */
const allIsWell = (): Found => {
  const names = plan.deltas.flatMap((planned) => {
    const end: End = planned.poison === undefined ? 'APPLIED' : 'REJECTED';
    return Array.from({ length: planned.attempts }, (_, index) => ({
      planned,
      end,
      name: `${planned.delta.deltaId}#${index + 1}`,
    }));
  });
  const indexes = plan.indexPaths.map((indexPath) => {
    const good = plan.deltas.filter((one) => one.indexPath === indexPath && one.poison === undefined);
    const content = contentOf(good.map(({ delta }) => delta));
    return {
      indexPath,
      version: 3,
      documents: content.documents,
      tombstones: content.tombstones,
      setHash: content.setHash,
      chunkIds: content.chunkIds,
      documentIds: content.liveDocumentIds,
      applied: good.map(({ delta }) => `${delta.runId}/${delta.deltaId}`),
      verification: [] as { key: string; code: string; message: string }[],
      versions: [3, 2, 1],
      isLeaseHeld: false,
    };
  });
  return {
    indexes,
    settled: new Map(names.filter(({ planned }) => !isLetter(planned)).map(({ name, end }) => [name, end])),
    pending: [],
    told: new Map(
      names
        .filter(({ planned }) => planned.poison !== 'event')
        .map(({ name, end }) => [name, new Set([end])]),
    ),
    deadLetters: plan.deltas.filter(isLetter).map(({ delta }) => delta.deltaId),
  };
};

const goodName = `${plan.deltas.find(({ poison }) => poison === undefined)!.delta.deltaId}#1`;
const first = (found: Found) => found.indexes[0]!;

describe('the plan of a crash test', () => {
  it('follows from its seed', () => {
    expect(makePlan(seededRandom('judge'), 60)).toEqual(plan);
    expect(makePlan(seededRandom('other'), 60)).not.toEqual(plan);
  });

  it('has documents that meet, deletions, duplicates and poison of every kind', () => {
    const documents = plan.deltas.flatMap(({ delta }) => delta.documents);
    expect(new Set(documents.map(({ documentId }) => documentId)).size).toBeLessThan(documents.length / 2);
    expect(documents.some(({ deleted }) => deleted)).toBe(true);
    expect(plan.announcements.length).toBeGreaterThan(plan.deltas.length);
    const poisons = new Set(plan.deltas.flatMap(({ poison }) => poison ?? []));
    expect([...poisons].sort()).toEqual(['dimensions', 'event', 'garbage', 'identity', 'index', 'model']);
  });

  it('announces every delta, not in its order', () => {
    const parts = plan.announcements.map(({ planned }) => planned.delta.part);
    expect(new Set(parts).size).toBe(60);
    expect(parts).not.toEqual(parts.toSorted((left, right) => left - right));
  });
});

describe('the judge of a crash test', () => {
  it('finds nothing when all is as it must be', () => {
    expect(judge(plan, allIsWell())).toEqual([]);
  });

  it.each<[string, (found: Found) => void, RegExp]>([
    ['a lost chunk', (found) => first(found).chunkIds.pop(), /chunks lost/],
    [
      'a chunk that is there twice',
      (found) => first(found).chunkIds.push(first(found).chunkIds[0]!),
      /chunks there twice/,
    ],
    ['a lost document', (found) => first(found).documentIds.pop(), /documents lost/],
    [
      'a deleted document that came back',
      (found) => first(found).documentIds.push('files/page#ghost'),
      /documents that should not be there: files\/page#ghost/,
    ],
    ['a delta that is not in the books', (found) => first(found).applied.pop(), /applied deltas lost/],
    [
      'a delta that is applied twice',
      (found) => first(found).applied.push(first(found).applied[0]!),
      /applied deltas there twice/,
    ],
    [
      'content of another revision',
      (found) => (first(found).setHash = 'f'.repeat(64)),
      /setHash: f+ instead/,
    ],
    ['a version that is left out', (found) => first(found).versions.splice(1, 1), /versions, newest first/],
    [
      'what verification says',
      (found) => first(found).verification.push({ key: 'k', code: 'OBJECT_CORRUPT', message: 'm' }),
      /verification of k: OBJECT_CORRUPT/,
    ],
    ['a lease that is not given back', (found) => (first(found).isLeaseHeld = true), /the lease is held/],
    ['a delta that waits', (found) => found.pending.push(goodName), /still PENDING/],
    ['a good delta that is rejected', (found) => found.settled.set(goodName, 'REJECTED'), /ends: REJECTED/],
    [
      'a delta that is nowhere',
      (found) => found.settled.delete(goodName),
      /ends: nowhere instead of APPLIED/,
    ],
    [
      'a delta nobody was told of',
      (found) => found.told.delete(goodName),
      /is announced: to nobody instead of APPLIED/,
    ],
    [
      'contradicting announcements',
      (found) => found.told.get(goodName)!.add('REJECTED'),
      /APPLIED and REJECTED instead of APPLIED/,
    ],
    ['a dead letter that is no poison', (found) => found.deadLetters.push('{"x":1}'), /no poison: \{"x":1\}/],
    ['poison without a dead letter', (found) => found.deadLetters.pop(), /no dead letter tells of/],
  ])('sees %s', (_, spoil, problem) => {
    const found = allIsWell();
    spoil(found);
    expect(judge(plan, found).join('\n')).toMatch(problem);
  });
});

describe('the reader of a crash test', () => {
  it.each([
    ['a version that goes back', { version: 1, fence: 4, manifestKey: 'b' }, /version 1 follows 2/],
    ['a fence that goes back', { version: 3, fence: 2, manifestKey: 'b' }, /fence 2 follows 3/],
    ['a version of two contents', { version: 2, fence: 3, manifestKey: 'b' }, /version 2 is a, then b/],
  ])('sees %s', (_, after, fault) => {
    expect(faultBetween({ version: 2, fence: 3, manifestKey: 'a' }, after)).toMatch(fault);
  });

  it('finds nothing in a claim, which changes the fence alone, nor in a commit', () => {
    const before = { version: 2, fence: 3, manifestKey: 'a' };
    expect(faultBetween(before, { ...before, fence: 4 })).toBeUndefined();
    expect(faultBetween(before, { version: 3, fence: 3, manifestKey: 'b' })).toBeUndefined();
  });
});
