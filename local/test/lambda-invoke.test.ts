import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { LogLine } from '../src/lambda/log-sink.ts';
import { eventually, fixtureFunction, startFixture, type LambdaFixture } from './lambda-fixture.ts';

const isRunning = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

describe('an invocation', () => {
  let fixture: LambdaFixture;
  const lines: LogLine[] = [];

  beforeAll(async () => {
    fixture = await startFixture({
      functions: [
        fixtureFunction('echo', { environment: { TABLE_NAME: 'jobs' } }),
        fixtureFunction('fail'),
        fixtureFunction('exit'),
        fixtureFunction('wait', { timeoutSeconds: 1 }),
        fixtureFunction('allocate', { memoryMb: 160 }),
        fixtureFunction('missing', { handler: 'nothing.handler' }),
        fixtureFunction('unexported', { handler: 'functions.nothing' }),
      ],
      onLog: (line) => lines.push(line),
    });
  });

  afterAll(() => fixture.close());

  it('hands the event, a context and an environment to the handler', async () => {
    const result = (await fixture.lambda.invoke('echo', { a: [1] })) as Record<string, unknown>;
    expect(result).toMatchObject({
      event: { a: [1] },
      functionName: 'echo',
      functionArn: 'arn:aws:lambda:eu-west-1:000000000000:function:echo',
      memoryLimitInMB: '512',
      requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      environment: {
        TABLE_NAME: 'jobs',
        AWS_LAMBDA_FUNCTION_NAME: 'echo',
        AWS_REGION: 'eu-west-1',
        AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:1',
      },
    });
    expect(result.remainingMs).toBeGreaterThan(15_000);
    expect(result.environment).not.toHaveProperty('npm_config_user_agent');
  });

  it('uses a warm environment again', async () => {
    const first = (await fixture.lambda.invoke('echo', {})) as { pid: number };
    const second = (await fixture.lambda.invoke('echo', {})) as { pid: number };
    expect(second.pid).toBe(first.pid);
  });

  it('reports an error of the handler and keeps the environment', async () => {
    await expect(fixture.lambda.invoke('fail', {})).rejects.toMatchObject({
      code: 'LAMBDA_FUNCTION_FAILED',
      details: {
        errorType: 'TypeError',
        errorMessage: 'no such luck',
        trace: expect.arrayContaining(['TypeError: no such luck']),
      },
    });
    expect(fixture.lambda.pidsOf('fail')).toHaveLength(1);
  });

  it('fails alone when its process ends, and the next one runs', async () => {
    await expect(fixture.lambda.invoke('exit', {})).rejects.toMatchObject({
      details: {
        errorType: 'Runtime.ExitError',
        errorMessage: 'Runtime exited with error: exit status 7',
      },
    });
    await expect(fixture.lambda.invoke('exit', {})).rejects.toThrow('exit status 7');
    expect(fixture.lambda.pidsOf('exit')).toEqual([]);
  });

  it('is killed when its time is up', async () => {
    const invocation = fixture.lambda.invoke('wait', { ms: 60_000 });
    const outcome = expect(invocation).rejects.toThrow('Task timed out after 1.00 seconds');
    const [pid = 0] = await eventually(() => {
      const pids = fixture.lambda.pidsOf('wait');
      return pids.length > 0 ? pids : undefined;
    });
    await outcome;
    expect(isRunning(pid)).toBe(false);
  });

  it('is killed when it holds more memory than the function may', async () => {
    await expect(fixture.lambda.invoke('allocate', {})).rejects.toMatchObject({
      details: { errorType: 'Runtime.OutOfMemory' },
    });
  });

  it.each([
    ['missing', 'Runtime.ImportModuleError'],
    ['unexported', 'Runtime.HandlerNotFound'],
  ])('reports a handler that is %s', async (name, errorType) => {
    await expect(fixture.lambda.invoke(name, {})).rejects.toMatchObject({ details: { errorType } });
  });

  it('refuses a function that does not exist', async () => {
    await expect(fixture.lambda.invoke('nobody', {})).rejects.toMatchObject({
      code: 'LAMBDA_FUNCTION_UNKNOWN',
    });
  });

  it('passes on what a function prints, with its name', () => {
    expect(lines).toContainEqual(
      expect.objectContaining({ functionName: 'wait', source: 'stdout', text: 'waiting 60000 ms' }),
    );
    expect(lines).toContainEqual(
      expect.objectContaining({
        functionName: 'wait',
        source: 'runner',
        text: expect.stringContaining('Sandbox.Timedout'),
      }),
    );
  });
});

describe('the environments of a function', () => {
  it('grow with the load up to the limit, and others wait', async () => {
    const { lambda, close } = await startFixture({
      functions: [fixtureFunction('wait')],
      limits: { concurrency: 2 },
    });
    const pids = await Promise.all([1, 2, 3].map(() => lambda.invoke('wait', { ms: 50 })));
    await close();
    expect(new Set(pids).size).toBe(2);
  });

  it('end when they are killed, and the next invocation starts a new one', async () => {
    const { lambda, close } = await startFixture({ functions: [fixtureFunction('wait')] });
    const before = await lambda.invoke('wait', { ms: 0 });
    const cutOff = expect(lambda.invoke('wait', { ms: 60_000 })).rejects.toThrow('signal: SIGKILL');
    await lambda.killEnvironments();
    await cutOff;
    const after = await lambda.invoke('wait', { ms: 0 });
    await close();
    expect(after).not.toBe(before);
  });

  it('end after a time without work', async () => {
    const { lambda, close } = await startFixture({
      functions: [fixtureFunction('wait')],
      limits: { idleMs: 50 },
    });
    await lambda.invoke('wait', { ms: 0 });
    await eventually(() => (lambda.pidsOf('wait').length === 0 ? true : undefined));
    await close();
  });

  it('end, the longest idle first, when too many of all functions are idle', async () => {
    const names = ['one', 'two', 'three'];
    const { lambda, close } = await startFixture({
      functions: names.map((name) => fixtureFunction(name, { handler: 'functions.wait' })),
      limits: { maxIdle: 2 },
    });
    for (const name of names) await lambda.invoke(name, { ms: 5 });
    await eventually(() => (lambda.pidsOf('one').length === 0 ? true : undefined));
    const counts = names.map((name) => lambda.pidsOf(name).length);
    await close();
    expect(counts).toEqual([0, 1, 1]);
  });
});
