/** The whole cloud in a process of its own, to be killed; it answers its parent's questions. */
import { readFile } from 'node:fs/promises';
import { startCloud, type StackSource } from '@alluvium/local';
import { REGION, STAGE } from './stacks.ts';
import type { Answer, Question, StackOptions, Started } from './stack.ts';

const options = JSON.parse(process.argv[2] ?? '{}') as StackOptions & { ports: Started['ports'] | undefined };

const cloud = await startCloud({
  root: options.root,
  directory: options.directory,
  stage: STAGE,
  region: REGION,
  ports: options.ports,
  stacks: JSON.parse(await readFile(options.stacksFile, 'utf8')) as StackSource[],
});

const portOf = (endpoint: string): number => Number(new URL(endpoint).port);
const { s3, sqs, dynamodb, eventbridge, api } = cloud.endpoints;

const exportOf = (name: string): string => cloud.exports[`alluvium-${STAGE}-${name}`] ?? '';

const workers = (): Promise<Record<string, number[]>> =>
  Promise.resolve(Object.fromEntries(cloud.functions.map((one) => [one.name, one.pids()])));

// The schedule comes every 15 minutes; the test has no time to wait for it.
const fireSchedule = async (): Promise<null> => {
  await cloud.functions.find(({ name }) => /onSchedule$/.test(name))?.invoke({});
  return null;
};

const answers: Record<Question, () => Promise<unknown>> = {
  workers,
  pending: () => cloud.pending(),
  schedule: fireSchedule,
};

const send = (message: Answer | Started): void => {
  process.send?.(message);
};

process.on('message', ({ id, question }: { id: number; question: Question }) => {
  answers[question]().then(
    (value) => send({ id, value }),
    (error: unknown) => send({ id, error: String(error) }),
  );
});
process.on('disconnect', () => process.exit(0));

send({
  ports: {
    s3: portOf(s3),
    sqs: portOf(sqs),
    dynamodb: portOf(dynamodb),
    eventbridge: portOf(eventbridge),
    api: portOf(api),
  },
  bucket: exportOf('DataBucketName'),
  eventBus: exportOf('EventBusName'),
  queues: Object.fromEntries(cloud.queues.map(({ name, url }) => [name, url])),
});
