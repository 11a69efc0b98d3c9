import { beforeEach, describe, expect, it } from '@jest/globals';
import {
  makeEvent,
  operationCompletedV1,
  operationRequestedV1,
  PipelineError,
  type OperationCompletedV1,
} from '@alluvium/contracts';
import {
  answerOperations,
  requiredArg,
  type AnswerOptions,
  type Operation,
  type OperationRequest,
} from '@alluvium/lambda-kit';
import { delivered, memoryIdempotency, recordingBus, testContext, testRuntime } from '@alluvium/testkit';

const OPERATION_ID = '01JD3Z5Q6V8X9Y0ZABCDEFGHJK';
const report = {
  ...{ bucket: 'test-data', key: 'gc/report.json', sha256: '0'.repeat(64), bytes: 2 },
  contentSchema: 'gc-report.v1',
};

let runtime: ReturnType<typeof testRuntime>;
let bus: ReturnType<typeof recordingBus>;
let calls: unknown[][];
let options: AnswerOptions;

const operations: Record<string, Operation> = {
  'collect-garbage': async (args, { requestedBy }) => {
    calls.push([args, requestedBy]);
    return { summary: 'Two objects went.', report };
  },
  'break-lock': async (_, request) => ({ summary: requiredArg(request, 'rvn') }),
  'tag-snapshot': () =>
    Promise.reject(new PipelineError('No such version', { code: 'VERSION_UNKNOWN', kind: 'invalid' })),
  pause: () => Promise.reject(new Error('The table is away')),
  resume: async () => ({ summary: 'x'.repeat(900) }),
};

const ask = async (change: Partial<OperationRequest> = {}): Promise<OperationCompletedV1['data'][]> => {
  const data = {
    ...{ operationId: OPERATION_ID, target: 'compactor', operation: 'collect-garbage' },
    ...{ args: { collection: 'docs' }, requestedBy: 'admin', ...change },
  };
  const event = makeEvent(operationRequestedV1, data, { correlationId: 'o' }, runtime.origin);
  const before = bus.events.length;
  await answerOperations(options)(delivered(event), testContext());
  return bus.events.slice(before).map(({ detail }) => detail.data as OperationCompletedV1['data']);
};

beforeEach(() => {
  runtime = testRuntime('compactor');
  bus = recordingBus(runtime.origin);
  calls = [];
  options = { runtime, bus, idempotency: memoryIdempotency(), target: 'compactor', operations };
});

describe('an operation', () => {
  it('is done and answered with its summary and report', async () => {
    expect(await ask()).toEqual([
      {
        ...{ operationId: OPERATION_ID, target: 'compactor', operation: 'collect-garbage' },
        ...{ outcome: 'done', completedAt: '2026-03-01T12:00:00.000Z', summary: 'Two objects went.', report },
      },
    ]);
    expect(calls).toEqual([[{ collection: 'docs' }, 'admin']]);
  });

  it('is done once, however often it comes, and gets the same answer', async () => {
    const first = await ask();
    runtime.advance(60_000);
    expect(await ask()).toEqual(first);
    expect(calls).toHaveLength(1);
    const keys = bus.events.map(({ detail }) => detail.metadata.idempotencyKey);
    expect(new Set(keys).size).toBe(1);
  });

  it('gets the answer that a lost event kept from it', async () => {
    const away = { ...bus, publish: () => Promise.reject(new Error('The bus is away')) };
    options = { ...options, bus: away };
    await expect(ask()).rejects.toThrow('The bus is away');
    options = { ...options, bus };
    expect(await ask()).toMatchObject([{ outcome: 'done' }]);
    expect(calls).toHaveLength(1);
  });

  it.each([
    ['tag-snapshot', 'VERSION_UNKNOWN', 'No such version'],
    ['pause', 'INTERNAL', 'The table is away'],
    ['break-lock', 'OPERATION_ARGUMENT_MISSING', 'The operation break-lock needs args.rvn'],
    [
      'toString',
      'OPERATION_UNKNOWN',
      'compactor knows no operation "toString"; it knows break-lock, collect-garbage, pause, resume, tag-snapshot',
    ],
  ])('%s that fails is answered with %s', async (operation, code, message) => {
    expect(await ask({ operation })).toMatchObject([{ outcome: 'failed', error: { code, message } }]);
    expect(runtime.deadLetterList).toEqual([]);
  });

  it('is given the whole request', async () => {
    expect(await ask({ operation: 'break-lock', args: { rvn: 'seen' } })).toMatchObject([
      { summary: 'seen' },
    ]);
  });

  it('of another service is let pass', async () => {
    expect(await ask({ target: 'ingest' })).toEqual([]);
    expect(calls).toEqual([]);
  });

  it('with a long summary is answered with its beginning', async () => {
    const [answer] = await ask({ operation: 'resume' });
    expect(answer?.summary).toHaveLength(500);
  });

  it('is announced by the contract of operation.completed', async () => {
    await ask();
    expect(bus.dataOf(operationCompletedV1)).toHaveLength(1);
  });
});
