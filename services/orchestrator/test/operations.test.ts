import { beforeEach, describe, expect, it } from '@jest/globals';
import {
  assertProduced,
  jobFailedV1,
  jobV1,
  makeEvent,
  operationAcceptedV1,
  operationCompletedV1,
  operationRequestedV1,
  operationV1,
  type OperationArgsV1,
} from '@alluvium/contracts';
import { httpOf } from './support/http.ts';
import { eventsOf, makeWorld, RUN_ID, type World } from './support/world.ts';

let world: World;
let call: ReturnType<typeof httpOf>;

beforeEach(() => {
  world = makeWorld();
  call = httpOf(world);
});

const ask = (body: unknown, headers: Record<string, string> = {}) =>
  call({
    ...{ method: 'POST', path: '/operations', body, headers },
    authorizer: { lambda: { keyId: 'test', name: 'ops', scopes: 'admin' } },
  });

const TAG = {
  operation: 'tag-snapshot',
  args: { collection: 'docs', tag: 'before-import' },
  reason: 'An import follows.',
};

const accepted = async (body: unknown): Promise<string> => {
  const answer = await ask(body);
  expect(answer.status).toBe(202);
  const { operationId, statusUrl } = assertProduced(operationAcceptedV1, answer.body);
  expect(statusUrl).toBe(`/operations/${operationId}`);
  return operationId;
};

const operation = async (operationId: string) =>
  assertProduced(operationV1, (await call({ path: `/operations/${operationId}` })).body);

const completed = (operationId: string, outcome: string, more: object = {}) =>
  makeEvent(
    operationCompletedV1,
    {
      ...{ operationId, target: 'compactor', operation: 'tag-snapshot', outcome },
      ...{ completedAt: '2026-03-01T12:01:00.000Z', ...more },
    },
    { correlationId: operationId },
    world.runtime.origin,
  );

describe('POST /operations', () => {
  it('asks the owner, naming who asked and why', async () => {
    const operationId = await accepted(TAG);
    expect(world.bus.dataOf(operationRequestedV1)).toEqual([
      { ...TAG, operationId, target: 'compactor', requestedBy: 'ops' },
    ]);
    expect(world.kept.size).toBe(0);
    expect(await operation(operationId)).toMatchObject({ ...TAG, state: 'queued', requestedBy: 'ops' });
  });

  it('asks twice for two requests, and once for a request that is repeated with its key', async () => {
    await ask(TAG);
    await ask(TAG);
    expect(world.bus.events).toHaveLength(2);
    const first = await ask(TAG, { 'idempotency-key': 'k' });
    expect(await ask(TAG, { 'idempotency-key': 'k' })).toEqual(first);
    expect(world.bus.events).toHaveLength(3);
  });

  it.each<[string, OperationArgsV1, string]>([
    ['pause', { source: 'site' }, 'ingest'],
    ['resume', { stage: 'derive' }, 'ingest'],
    ['pause', { stage: 'chunk' }, 'chunk'],
    ['pause', { stage: 'embed' }, 'embed'],
    ['pause', { stage: 'compact' }, 'compactor'],
    ['replay-run', { runId: RUN_ID }, 'orchestrator'],
  ])('sends %s with %j to %s', async (name, args, target) => {
    await accepted({ operation: name, args });
    expect(world.bus.dataOf(operationRequestedV1)).toMatchObject([{ target }]);
  });

  it.each<[unknown, string, RegExp]>([
    [{ args: {} }, 'REQUEST_INVALID', /operation is missing/],
    [{ operation: 'tag-snapshot' }, 'REQUEST_INVALID', /args is missing/],
    [{ operation: 'explode', args: {} }, 'OPERATION_UNKNOWN', /"explode".*tag-snapshot/],
    [{ operation: 'constructor', args: {} }, 'OPERATION_UNKNOWN', /"constructor"/],
    [{ operation: 'redrive', args: {} }, 'OPERATION_UNKNOWN', /alluvium dlq redrive/],
    [
      { ...TAG, args: { collection: 'docs' } },
      'OPERATION_INVALID',
      /tag is missing.*needs collection and tag/,
    ],
    [{ ...TAG, args: { ...TAG.args, runId: RUN_ID } }, 'OPERATION_INVALID', /runId is not for it/],
    [{ ...TAG, args: { ...TAG.args, collection: '../x' } }, 'REQUEST_INVALID', /\/args\/collection/],
    [{ ...TAG, target: 'query' }, 'OPERATION_INVALID', /compactor does it, not query/],
    [{ operation: 'pause', args: {} }, 'OPERATION_INVALID', /none of source and stage/],
    [{ operation: 'pause', args: { source: 'a', stage: 'chunk' } }, 'OPERATION_INVALID', /more than one/],
    [
      { operation: 'pause', args: { stage: 'lunch' } },
      'OPERATION_INVALID',
      /"lunch", not fetch, .* or compact/,
    ],
  ])('refuses %j', async (body, code, detail) => {
    const answer = await ask(body);
    expect(answer).toMatchObject({ status: 400, body: { code, detail: expect.stringMatching(detail) } });
    expect(world.bus.events).toEqual([]);
  });
});

describe('GET /operations/{operationId}', () => {
  it('answers 404 for one that nobody asked for', async () => {
    expect(await call({ path: '/operations/nope' })).toMatchObject({
      status: 404,
      body: { code: 'OPERATION_NOT_FOUND' },
    });
  });

  it('tells what the owner answered, and keeps to the first answer', async () => {
    const operationId = await accepted(TAG);
    const error = { code: 'TAG_TAKEN', message: 'taken' };
    await world.deliver(completed(operationId, 'done', { summary: 'Tagged.' }));
    await world.deliver(completed(operationId, 'failed', { error }));
    const told = await operation(operationId);
    expect(told).toMatchObject({
      state: 'done',
      summary: 'Tagged.',
      completedAt: '2026-03-01T12:01:00.000Z',
    });
    expect(told.error).toBeUndefined();
  });

  it('knows an operation that was asked for by an event made by hand, once it is answered', async () => {
    const operationId = world.runtime.origin.newEventId();
    await world.deliver(completed(operationId, 'failed', { error: { code: 'X', message: 'no' } }));
    expect(await operation(operationId)).toMatchObject({ state: 'failed', error: { code: 'X' } });
  });
});

const request = (name: string, args: OperationArgsV1) => {
  const { origin } = world.runtime;
  const operationId = origin.newEventId();
  const asked = { operationId, target: 'orchestrator', operation: name, args, requestedBy: 'ops' };
  return makeEvent(operationRequestedV1, asked, { correlationId: operationId }, origin);
};
const status = async () => assertProduced(jobV1, (await call({ path: `/status/${RUN_ID}` })).body);

describe('cancel-run', () => {
  it('ends a run, says so once, and is answered once more when it comes again', async () => {
    const run = eventsOf(world);
    await world.deliver(run.started(), run.fetched(0));
    const event = request('cancel-run', { runId: RUN_ID });
    await world.deliver(event);
    await world.deliver(event);
    expect(await status()).toMatchObject({ state: 'cancelled', complete: false });
    expect(world.bus.dataOf(jobFailedV1)).toMatchObject([{ jobId: RUN_ID, state: 'cancelled' }]);
    const answers = world.bus.dataOf(operationCompletedV1);
    expect(answers).toHaveLength(2);
    expect(answers[1]).toEqual({ ...answers[0], completedAt: answers[1]?.completedAt });
  });

  it('is not undone by what arrives later', async () => {
    const run = eventsOf(world);
    await world.deliver(run.started());
    await world.deliver(request('cancel-run', { runId: RUN_ID }));
    const ended = await status();
    await world.deliver(run.sealed(1), run.fetched(0), await run.derived(0, 0));
    expect(await status()).toMatchObject({ state: 'cancelled', error: ended.error });
    expect(world.bus.dataOf(jobFailedV1)).toHaveLength(1);
  });

  it('fails for a run that has ended, or that nobody knows', async () => {
    const run = eventsOf(world);
    await world.deliver(request('cancel-run', { runId: RUN_ID }));
    await world.deliver(run.started(), run.sealed(0));
    await world.deliver(request('cancel-run', { runId: RUN_ID }));
    expect(world.bus.dataOf(operationCompletedV1)).toMatchObject([
      { outcome: 'failed', error: { code: 'JOB_NOT_FOUND' } },
      { outcome: 'failed', error: { code: 'JOB_ENDED' } },
    ]);
    expect((await status()).state).toBe('done');
  });
});
