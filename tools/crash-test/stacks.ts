import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { packageServices, type StackSource } from '@alluvium/local';

/** Where everything runs. */
export const STAGE = 'dev';
export const REGION = 'eu-west-1';

/** Name of the queue that hears how deltas end. */
export const HEARD = 'crash-test-heard';

const SERVICES = ['platform', 'compactor'];
const FILE = 'stacks.json';

// A stack like any other, so that nobody but the local cloud sets up rules.
const listener: StackSource = {
  service: 'listener',
  stackName: `alluvium-listener-${STAGE}`,
  codeDirectory: '.',
  template: {
    Resources: {
      Heard: { Type: 'AWS::SQS::Queue', Properties: { QueueName: HEARD } },
      HeardRule: {
        Type: 'AWS::Events::Rule',
        Properties: {
          EventBusName: { 'Fn::ImportValue': `alluvium-${STAGE}-EventBusName` },
          EventPattern: { 'detail-type': ['snapshot.published.v1', 'delta.rejected.v1'] },
          Targets: [{ Id: 'heard', Arn: { 'Fn::GetAtt': ['Heard', 'Arn'] } }],
        },
      },
    },
  },
};

/**
 * Packages what the test runs into `directory`, below the repository: a stack that is started again must be the same one, whoever edits
 * its sources meanwhile. Returns the file that names it. Error: PACKAGING_FAILED.
 */
export const packStacks = async (
  root: string,
  directory: string,
  onProgress: (message: string) => void,
): Promise<string> => {
  const packaged = await packageServices({
    root,
    stage: STAGE,
    region: REGION,
    services: SERVICES,
    onProgress,
  });
  const stacks: StackSource[] = [listener];
  for (const stack of packaged) {
    const codeDirectory = join(directory, 'code', stack.service);
    await mkdir(codeDirectory, { recursive: true });
    await cp(stack.codeDirectory, codeDirectory, { recursive: true });
    stacks.push({ ...stack, codeDirectory });
  }
  const file = join(directory, FILE);
  await writeFile(file, JSON.stringify(stacks));
  return file;
};
