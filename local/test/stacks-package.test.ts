import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { packageServices } from '../src/stacks/package-services.ts';

const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url));

const serverlessYml = (queueName: string) => `
service: tiny
frameworkVersion: ^4.3.0
configValidationMode: error
provider: { name: aws, region: eu-west-1, deploymentMethod: direct }
resources:
  Resources:
    Work: { Type: AWS::SQS::Queue, Properties: { QueueName: ${queueName} } }
`;

describe('packaging', () => {
  let root: string;
  const packaged: string[] = [];

  const write = (content: string) => writeFile(path.join(root, 'services/tiny/serverless.yml'), content);
  const run = () => {
    packaged.length = 0;
    return packageServices({ root, stage: 'dev', region: 'eu-west-1', onProgress: (m) => packaged.push(m) });
  };

  beforeAll(async () => {
    await mkdir(path.join(REPOSITORY, '.alluvium'), { recursive: true });
    // below the repository, so that its serverless is found
    root = await mkdtemp(path.join(REPOSITORY, '.alluvium/packaging-test-'));
    await writeFile(path.join(root, 'package.json'), '{ "name": "tiny", "version": "1.0.0" }');
    await mkdir(path.join(root, 'services/tiny/dist'), { recursive: true });
    await mkdir(path.join(root, 'services/no-stack'), { recursive: true });
    await write(serverlessYml('first'));
  });

  afterAll(() => rm(root, { recursive: true, force: true }));

  it('runs sls for a service that is new or changed, and only then', async () => {
    const [first] = await run();
    expect(packaged).toEqual(['packaging tiny']);
    expect(first).toMatchObject({
      service: 'tiny',
      stackName: 'tiny-dev',
      template: { Resources: { Work: { Properties: { QueueName: 'first' } } } },
    });

    const again = await run();
    expect(packaged).toEqual([]);
    expect(again).toEqual([first]);

    await write(serverlessYml('second'));
    const [changed] = await run();
    expect(packaged).toEqual(['packaging tiny']);
    expect(changed?.codeDirectory).not.toBe(first?.codeDirectory);
  });

  it('fails with what sls says', async () => {
    await write(`${serverlessYml('third')}\nnonsense: true\n`);
    await expect(run()).rejects.toMatchObject({
      code: 'PACKAGING_FAILED',
      message: expect.stringMatching(/sls package of tiny failed:[^]*nonsense/),
    });
  });
});
