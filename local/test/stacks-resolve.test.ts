import { describe, expect, it } from '@jest/globals';
import { checkResources } from '../src/stacks/check-resources.ts';
import { derivedName, type Installation } from '../src/stacks/identity.ts';
import { readFunctions, readMappings, readRoutes } from '../src/stacks/read-functions.ts';
import { resolveStacks } from '../src/stacks/resolve-stacks.ts';
import type { Json, StackSource, Template } from '../src/stacks/template.ts';
import { fixtureStacks } from './stack-fixture.ts';

const INSTALLATION: Installation = {
  region: 'eu-west-1',
  accountId: '000000000000',
  endpoints: { sqs: 'http://127.0.0.1:9001', api: 'http://127.0.0.1:9002' },
};

const stackOf = (stackName: string, template: Template): StackSource => ({
  service: stackName,
  stackName,
  template,
  codeDirectory: '/code',
});

/** What `value` becomes as a property of a resource beside a queue named Work. */
const resolved = (value: Json): Json | undefined => {
  const template: Template = {
    Resources: {
      Work: { Type: 'AWS::SQS::Queue' },
      Thing: { Type: 'AWS::S3::Bucket', Properties: { value } },
    },
    Outputs: { Name: { Value: 'exported', Export: { Name: { 'Fn::Sub': '${AWS::StackName}-Name' } } } },
  };
  const { resources } = resolveStacks([stackOf('alluvium-x-dev', template)], INSTALLATION);
  return resources.find(({ logicalId }) => logicalId === 'Thing')?.properties.value;
};

const WORK_ARN = 'arn:aws:sqs:eu-west-1:000000000000:alluvium-x-dev-work';

describe('an intrinsic function', () => {
  it.each<[string, Json, Json]>([
    ['Ref of a queue', { Ref: 'Work' }, 'http://127.0.0.1:9001/000000000000/alluvium-x-dev-work'],
    ['Ref of a pseudo parameter', { Ref: 'AWS::Region' }, 'eu-west-1'],
    ['GetAtt as a list', { 'Fn::GetAtt': ['Work', 'Arn'] }, WORK_ARN],
    ['GetAtt as a text', { 'Fn::GetAtt': 'Work.Arn' }, WORK_ARN],
    [
      'Sub',
      { 'Fn::Sub': '${Work.Arn} in ${AWS::AccountId} of ${!Literal}' },
      `${WORK_ARN} in 000000000000 of \${Literal}`,
    ],
    [
      'Sub with variables',
      { 'Fn::Sub': ['${A}/x', { A: { 'Fn::GetAtt': ['Work', 'Arn'] } }] },
      `${WORK_ARN}/x`,
    ],
    ['Join', { 'Fn::Join': ['-', ['a', { Ref: 'AWS::Partition' }, 'b']] }, 'a-aws-b'],
    ['ImportValue', { 'Fn::ImportValue': { 'Fn::Join': ['-', ['alluvium-x-dev', 'Name']] } }, 'exported'],
    [
      'one inside lists and objects',
      { a: [{ b: { Ref: 'AWS::URLSuffix' } }] },
      { a: [{ b: 'amazonaws.com' }] },
    ],
    ['NoValue', { a: 1, b: { Ref: 'AWS::NoValue' } }, { a: 1 }],
  ])('%s is resolved', (_, value, expected) => {
    expect(resolved(value)).toEqual(expected);
  });

  it.each<[string, Json, string]>([
    ['of unknown kind', { 'Fn::Select': [0, ['a']] }, 'unknown intrinsic Fn::Select'],
    ['with an unknown name', { Ref: 'Nobody' }, 'Ref to unknown "Nobody"'],
    ['with an unknown attribute', { 'Fn::GetAtt': ['Work', 'Colour'] }, 'unknown attribute "Work.Colour"'],
    ['with an unknown export', { 'Fn::ImportValue': 'nothing' }, 'no stack exports "nothing"'],
  ])('%s is refused with its place', (_, value, problem) => {
    expect(() => resolved({ deep: [value] })).toThrow(
      `alluvium-x-dev, Thing, Properties.value.deep.0: ${problem}`,
    );
  });
});

describe('stacks', () => {
  it('come after those they import from', () => {
    expect(resolveStacks(fixtureStacks().reverse(), INSTALLATION)).toMatchObject({
      order: ['test-base-dev', 'test-work-dev'],
      exports: { 'test-Bus': 'test-bus', 'test-Data': 'test-base-dev-data' },
      outputs: { 'test-base-dev': { ApiUrl: 'http://127.0.0.1:9002' } },
    });
  });

  it('may not import from each other', () => {
    const importing = (own: string, other: string): Template => ({
      Resources: { X: { Type: 'AWS::S3::Bucket', Properties: { T: { 'Fn::ImportValue': other } } } },
      Outputs: { O: { Value: '1', Export: { Name: own } } },
    });
    const stacks = [stackOf('a', importing('A', 'B')), stackOf('b', importing('B', 'A'))];
    expect(() => resolveStacks(stacks, INSTALLATION)).toThrow('Stacks import from each other: a -> b -> a');
  });

  it('may not export the same name', () => {
    const template: Template = { Resources: {}, Outputs: { O: { Value: '1', Export: { Name: 'N' } } } };
    expect(() => resolveStacks([stackOf('a', template), stackOf('b', template)], INSTALLATION)).toThrow(
      'a exports "N" already',
    );
  });

  it('give their functions, mappings and routes', () => {
    const { resources } = resolveStacks(fixtureStacks(), INSTALLATION);
    expect(readFunctions(resources).find(({ name }) => name === 'test-inbox')).toMatchObject({
      handler: 'functions.onObject',
      timeoutSeconds: 3,
      memoryMb: 512,
      environment: { DATA_BUCKET: 'test-base-dev-data' },
      asyncInvoke: {
        maximumRetryAttempts: 2,
        onFailure: 'arn:aws:sqs:eu-west-1:000000000000:test-work-dev-dead-letters',
      },
    });
    expect(readMappings(resources)).toEqual([
      {
        queueArn: 'arn:aws:sqs:eu-west-1:000000000000:test-work-dev-work',
        functionName: 'test-work',
        batchSize: 5,
        windowSeconds: 0,
        reportsItemFailures: true,
        maximumConcurrency: undefined,
        enabled: true,
      },
    ]);
    expect(readRoutes(resources)).toEqual([
      { method: 'GET', path: '/items/{id}', functionName: 'test-answer' },
    ]);
  });
});

describe('a check of the resources', () => {
  const check = (type: string, properties: Record<string, Json>) => {
    const template: Template = { Resources: { Thing: { Type: type, Properties: properties } } };
    return checkResources(resolveStacks([stackOf('s', template)], INSTALLATION).resources);
  };

  it('knows everything of the fixture', () => {
    expect(checkResources(resolveStacks(fixtureStacks(), INSTALLATION).resources)).toEqual([]);
  });

  it('warns of a type that nothing here stands for', () => {
    expect(check('AWS::Kinesis::Stream', {})).toEqual([
      's, Thing: AWS::Kinesis::Stream does nothing on a laptop',
    ]);
  });

  it.each<[string, Record<string, Json>]>([
    ['events of AWS', { EventBusName: 'own', EventPattern: { source: ['aws.s3'] } }],
    ['a schedule', { EventBusName: 'own', ScheduleExpression: 'rate(1 minute)' }],
  ])('refuses a rule for %s on a bus of our own', (_, properties) => {
    expect(() => check('AWS::Events::Rule', properties)).toThrow('s, Thing, Properties.EventBusName');
  });

  it.each<[string, Record<string, Json>]>([
    ['on the default bus', { EventPattern: { source: ['aws.s3'] } }],
    ['that takes other sources, too', { EventBusName: 'own', EventPattern: { source: ['aws.s3', 'x'] } }],
  ])('lets a rule pass %s', (_, properties) => {
    expect(check('AWS::Events::Rule', properties)).toEqual([]);
  });
});

describe('a name that the template does not give', () => {
  it.each([
    ['DataBucket', 'stack-data-bucket'],
    ['EventSourceMappingSQSWork', 'stack-event-source-mapping-sqs-work'],
  ])('of %s is %s', (logicalId, name) => {
    expect(derivedName('stack', logicalId)).toBe(name);
  });

  it('is shortened to what every service accepts, and stays distinct', () => {
    const [one, two] = [
      derivedName('s', `${'Long'.repeat(20)}One`),
      derivedName('s', `${'Long'.repeat(20)}Two`),
    ];
    expect(one).toHaveLength(63);
    expect(one).not.toBe(two);
  });
});
