import type { Json } from '@alluvium/local';
import { without, type Plant } from './templates.ts';

const inBucket = (pattern: string): Json => ({
  'Fn::Sub': [`\${Bucket}/${pattern}`, { Bucket: { 'Fn::ImportValue': 'alluvium-dev-DataBucketArn' } }],
});
const BUS: Json = { 'Fn::ImportValue': 'alluvium-dev-EventBusArn' };

/** Faults that let a function do too much, or too little. */
export const permissions: Readonly<Record<string, Plant>> = {
  'every action of S3': (all) => {
    all.allow('chunk', 'ChunkRole', { Action: 's3:*', Resource: inBucket('chunks/*') });
  },
  'every object of the bucket': (all) => {
    all.allow('chunk', 'ChunkRole', { Action: 's3:GetObject', Resource: inBucket('*') });
  },
  'every resource': (all) => {
    all.allow('query', 'HttpRole', { Action: 's3:GetObject', Resource: '*' });
  },
  'query writes indexes': (all) => {
    all.allow('query', 'HttpRole', { Action: 's3:PutObject', Resource: inBucket('indexes/*') });
  },
  'chunk writes derived documents': (all) => {
    all.allow('chunk', 'ChunkRole', { Action: 's3:PutObject', Resource: inBucket('derived/*') });
  },
  'embed deletes chunks': (all) => {
    all.allow('embed', 'EmbedRole', { Action: 's3:DeleteObject', Resource: inBucket('chunks/*') });
  },
  'a table of another service': (all) => {
    all.allow('chunk', 'ChunkRole', {
      Action: 'dynamodb:PutItem',
      Resource: { 'Fn::Sub': 'arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/*' },
    });
  },
  'a queue of another service': (all) => {
    all.allow('chunk', 'ChunkRole', {
      Action: 'sqs:SendMessage',
      Resource: { 'Fn::Sub': 'arn:${AWS::Partition}:sqs:${AWS::Region}:${AWS::AccountId}:*' },
    });
  },
  'events in the name of others': (all) => {
    without(all.statement('chunk', 'ChunkRole', 'events:PutEvents'), 'Condition');
  },
  'events in the name of one other': (all) => {
    all.statement('chunk', 'ChunkRole', 'events:PutEvents').Condition = {
      'ForAllValues:StringEquals': { 'events:source': ['chunk', 'somebody-else'] },
    };
  },
  'events on any bus': (all) => {
    all.statement('chunk', 'ChunkRole', 'events:PutEvents').Resource = '*';
  },
  'a condition that AWS does not know': (all) => {
    all.statement('chunk', 'ChunkRole', 'events:PutEvents').Condition = {
      'ForAllValues:StringEquals': { 'events:sources': ['chunk'] },
    };
  },
  'an action that does not exist': (all) => {
    all.statement('chunk', 'ChunkRole', 'sqs:ReceiveMessage').Action = [
      'sqs:ReceiveMessages',
      'sqs:DeleteMessage',
    ];
  },
  'an action on the wrong kind of thing': (all) => {
    all.statement('chunk', 'ChunkRole', 'sqs:ReceiveMessage').Resource = BUS;
  },
  'a function that cannot read its input': (all) => {
    all.statement('compactor', 'OnDoorbellRole', 's3:GetObject').Resource = inBucket('embeddings/none/*');
  },
  'a function that may change policies': (all) => {
    all.allow('ingest', 'OnScheduleRole', {
      Action: 's3:PutBucketPolicy',
      Resource: { 'Fn::ImportValue': 'alluvium-dev-DataBucketArn' },
    });
  },
  'all but some actions': (all) => {
    all.allow('chunk', 'ChunkRole', { NotAction: ['iam:*'], Resource: inBucket('chunks/*') });
  },
  'a role that anybody may take': (all) => {
    all.properties('chunk', 'ChunkRole').AssumeRolePolicyDocument = {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { AWS: '*' }, Action: 'sts:AssumeRole' }],
    };
  },
  'a role that allows nothing': (all) => {
    all.properties('chunk', 'ChunkRole').Policies = [];
  },
  'a role that nobody wrote down': (all) => {
    const { template } = all.stack('chunk');
    template.Resources.SecondRole = structuredClone(all.resource('chunk', 'ChunkRole'));
  },
};
