import { fileURLToPath } from 'node:url';
import { DEFAULT_ASYNC_INVOKE, type FunctionConfig } from '../src/lambda/function-config.ts';
import { startLambda, type Lambda, type LambdaOptions } from '../src/lambda/lambda.ts';
import { startSqs, type SqsServer } from '../src/sqs/sqs-server.ts';

export const CODE_DIRECTORY = fileURLToPath(new URL('fixtures/stack', import.meta.url));

const NOWHERE = 'http://127.0.0.1:1';
export const NO_SERVICES = { s3: NOWHERE, sqs: NOWHERE, dynamodb: NOWHERE, eventbridge: NOWHERE };

/** The function `name` of the fixture's module. */
export const fixtureFunction = (name: string, changes: Partial<FunctionConfig> = {}): FunctionConfig => ({
  name,
  arn: `arn:aws:lambda:eu-west-1:000000000000:function:${name}`,
  handler: `functions.${name}`,
  codeDirectory: CODE_DIRECTORY,
  memoryMb: 512,
  timeoutSeconds: 20,
  environment: {},
  asyncInvoke: DEFAULT_ASYNC_INVOKE,
  ...changes,
});

export interface LambdaFixture {
  lambda: Lambda;
  sqs: SqsServer;
  close: () => Promise<void>;
}

/** A runner of these functions beside queues in memory. */
export const startFixture = async (
  options: Partial<Omit<LambdaOptions, 'queues'>> & Pick<LambdaOptions, 'functions'>,
  queueNames: string[] = [],
): Promise<LambdaFixture> => {
  const sqs = await startSqs({ region: 'eu-west-1' });
  for (const name of queueNames) await createQueue(sqs, name);
  const lambda = await startLambda({
    mappings: [],
    queues: sqs.queues,
    endpoints: NO_SERVICES,
    region: 'eu-west-1',
    ...options,
    limits: { retryDelaysMs: [1, 1], retryDelaySeconds: () => 0, ...options.limits },
  });
  return {
    lambda,
    sqs,
    close: async () => {
      await lambda.close();
      await sqs.close();
    },
  };
};

const createQueue = async ({ endpoint }: SqsServer, QueueName: string): Promise<void> => {
  await fetch(endpoint, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': 'AmazonSQS.CreateQueue',
      authorization: 'AWS4-HMAC-SHA256 Credential=test/20260101/eu-west-1/sqs/aws4_request',
    },
    body: JSON.stringify({ QueueName, Attributes: { VisibilityTimeout: '60' } }),
  });
};

export const queueArn = (name: string): string => `arn:aws:sqs:eu-west-1:000000000000:${name}`;

/** Resolves with the first answer that is not undefined. */
export const eventually = async <T>(ask: () => Promise<T | undefined> | T | undefined): Promise<T> => {
  for (let tries = 0; tries < 400; tries += 1) {
    const found = await ask();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error('It did not happen within ten seconds');
};
