import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { describe, expect, it } from '@jest/globals';
import {
  newTrace,
  queueServer,
  s3Server,
  Scheduler,
  seededRandom,
  type QueueFaults,
} from '../../src/simulation.ts';
import { holds, updated } from '../../src/simulation/dynamodb-expressions.ts';

const scope = (item?: Record<string, unknown>) => ({
  item,
  names: { '#state': 'state' },
  values: { ':held': 'HELD', ':two': 2, ':one': 1, ':zero': 0 },
});

describe('a condition on an item', () => {
  it.each([
    ['attribute_not_exists(pk) OR #state = :held', undefined, true],
    ['attribute_not_exists(pk) OR #state = :held', { pk: 'a', state: 'FREE' }, false],
    ['#state = :held AND fence < :two', { state: 'HELD', fence: 1 }, true],
    ['#state = :held AND fence < :two', { state: 'HELD', fence: 2 }, false],
    ['(#state = :held OR fence = :two) AND attribute_exists(pk)', { pk: 'a', fence: 2 }, true],
    ['fence < :two', { state: 'HELD' }, false],
    ['begins_with(sk, :held)', { sk: 'HELD#1' }, true],
  ])('%s', (expression, item, expected) => {
    expect(holds(expression, scope(item))).toBe(expected);
  });
});

describe('an update of an item', () => {
  it('sees the item as it was, and takes away what it removes', () => {
    const expression = 'SET fence = if_not_exists(fence, :zero) + :one, before = fence REMOVE owner';
    expect(updated(expression, scope({ fence: 4, owner: 'a' }))).toEqual({ fence: 5, before: 4 });
    expect(updated(expression, scope({}))).toMatchObject({ fence: 1 });
  });
});

describe('the bucket', () => {
  const put = (body: string, condition: object = {}) =>
    new PutObjectCommand({ Bucket: 'b', Key: 'k', Body: Buffer.from(body), ...condition });

  it('decides conditions by what is there', async () => {
    const { direct } = s3Server();
    const { ETag } = await direct.send(put('one', { IfNoneMatch: '*' }));
    await expect(direct.send(put('two', { IfNoneMatch: '*' }))).rejects.toThrow('PreconditionFailed');
    await direct.send(put('two', { IfMatch: ETag }));
    await expect(direct.send(put('three', { IfMatch: ETag }))).rejects.toThrow('PreconditionFailed');
    const { Body } = await direct.send(new GetObjectCommand({ Bucket: 'b', Key: 'k', Range: 'bytes=1-2' }));
    expect(Buffer.from((await Body?.transformToByteArray()) ?? []).toString()).toBe('wo');
  });
});

describe('the queue', () => {
  const makeQueue = (faults: Partial<QueueFaults> = {}) => {
    const scheduler = new Scheduler(newTrace());
    const queue = queueServer({
      name: 'queue',
      scheduler,
      random: seededRandom('queue'),
      visibilityMs: 1_000,
      maxReceiveCount: 2,
      faults: () => ({ lost: 0, duplicated: 0, late: 0, ...faults }),
      arrived: () => undefined,
    });
    return { scheduler, queue };
  };

  it('delivers again what is not deleted, then gives it up', async () => {
    const { scheduler, queue } = makeQueue();
    queue.put('body', 0);
    for (const receives of [1, 2]) {
      await scheduler.step();
      expect(queue.receive(10)).toMatchObject([{ body: 'body', receives }]);
    }
    await scheduler.step();
    expect(queue.receive(10)).toEqual([]);
    expect(queue.deadLetters).toMatchObject([{ body: 'body' }]);
  });

  it('forgets what is deleted', async () => {
    const { scheduler, queue } = makeQueue();
    queue.put('body', 0);
    await scheduler.step();
    for (const { id } of queue.receive(10)) queue.delete(id);
    await scheduler.step();
    expect(queue.receive(10)).toEqual([]);
    expect(queue.kept.size).toBe(0);
  });

  it('duplicates and loses messages when it is told to', () => {
    const [double, deaf] = [makeQueue({ duplicated: 1 }).queue, makeQueue({ lost: 1 }).queue];
    for (const queue of [double, deaf]) queue.put('body', 0);
    expect(double.kept.size).toBeGreaterThan(1);
    expect(deaf.kept.size).toBe(0);
  });
});
