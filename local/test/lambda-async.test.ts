import { afterEach, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { LogLine } from '../src/lambda/log-sink.ts';
import { eventually, fixtureFunction, queueArn, startFixture, type LambdaFixture } from './lambda-fixture.ts';

const FAIL_ARN = fixtureFunction('fail').arn;
const onFailure = { maximumRetryAttempts: 2, maximumEventAgeSeconds: 21_600, onFailure: queueArn('failed') };

const nextMessage = ({ sqs }: LambdaFixture, queue: string) =>
  eventually(async () => {
    const [message] = await sqs.queues.receive(queueArn(queue), { max: 1, waitMs: 100 });
    return message;
  });

describe('an asynchronous invocation', () => {
  const opened: { close(): Promise<void> }[] = [];

  const start = async (...args: Parameters<typeof startFixture>): Promise<LambdaFixture> => {
    const fixture = await startFixture(...args);
    opened.push(fixture);
    return fixture;
  };

  afterEach(async () => {
    for (const fixture of opened.splice(0)) await fixture.close();
  });

  it('is tried three times, then told to the failure destination as AWS tells it', async () => {
    const functions = [fixtureFunction('fail', { asyncInvoke: onFailure })];
    const fixture = await start({ functions }, ['failed']);
    await fixture.lambda.invokeAsync(FAIL_ARN, { n: 1 });
    const { body } = await nextMessage(fixture, 'failed');
    expect(JSON.parse(body)).toEqual({
      version: '1.0',
      timestamp: expect.stringMatching(/^\d{4}-.*Z$/),
      requestContext: {
        requestId: expect.any(String),
        functionArn: `${FAIL_ARN}:$LATEST`,
        condition: 'RetriesExhausted',
        approximateInvokeCount: 3,
      },
      requestPayload: { n: 1 },
      responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
      responsePayload: { errorType: 'TypeError', errorMessage: 'no such luck', trace: expect.any(Array) },
    });
    await eventually(() => (fixture.lambda.pending().asynchronous === 0 ? true : undefined));
  });

  it('is dropped with a line in the log when there is no destination', async () => {
    const lines: LogLine[] = [];
    const fixture = await start({
      functions: [fixtureFunction('fail')],
      onLog: (line) => lines.push(line),
    });
    await fixture.lambda.invokeAsync(FAIL_ARN, {});
    const dropped = await eventually(() => lines.find(({ text }) => text.includes('dropped')));
    expect(dropped.text).toContain('after 3 tries dropped: no such luck');
  });

  it('of an unknown function is refused for good', async () => {
    const { lambda } = await start({ functions: [] });
    await expect(lambda.invokeAsync(FAIL_ARN, {})).rejects.toMatchObject({ kind: 'invalid' });
  });

  it('that was cut off by the end of the runner is taken up by the next one', async () => {
    const directory = await mkdtemp(path.join(tmpdir(), 'alluvium-lambda-'));
    const success = { ...onFailure, onFailure: undefined, onSuccess: queueArn('done') };
    const functions = [fixtureFunction('wait', { asyncInvoke: success })];
    const first = await startFixture({ functions, directory });
    await first.lambda.invokeAsync(functions[0]!.arn, { ms: 300 });
    await eventually(() => (first.lambda.pidsOf('wait').length === 1 ? true : undefined));
    await first.close();
    const second = await start({ functions, directory }, ['done']);
    const { body } = await nextMessage(second, 'done');
    await rm(directory, { recursive: true, force: true });
    expect(JSON.parse(body)).toMatchObject({
      requestContext: { condition: 'Success', approximateInvokeCount: 1 },
      requestPayload: { ms: 300 },
    });
  });
});
