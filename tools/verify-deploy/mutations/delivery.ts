import { objectAt } from '@alluvium/local';
import { firstOf, without, type Plant } from './templates.ts';

const MAPPING = 'AWS::Lambda::EventSourceMapping';
const RULE = 'AWS::Events::Rule';

/** Faults that lose or delay events. */
export const delivery: Readonly<Record<string, Plant>> = {
  'redrive without a count': (all) => {
    without(objectAt(all.properties('chunk', 'Work').RedrivePolicy), 'maxReceiveCount');
  },
  'redrive after the first try': (all) => {
    objectAt(all.properties('chunk', 'Work').RedrivePolicy).maxReceiveCount = 1;
  },
  'a queue without dead letters': (all) => {
    without(all.properties('embed', 'Work'), 'RedrivePolicy');
  },
  'dead letters for four days': (all) => {
    without(all.properties('compactor', 'DeadLetters'), 'MessageRetentionPeriod');
  },
  'messages show again while they are worked on': (all) => {
    all.properties('compactor', 'Doorbell').VisibilityTimeout = 900;
  },
  'a queue that is not encrypted': (all) => {
    without(all.properties('query', 'Deltas'), 'SqsManagedSseEnabled');
  },
  'a queue without a policy': (all) => {
    all.remove('compactor', 'QueuePolicy');
  },
  'a queue policy for one queue too few': (all) => {
    const [statement] = [firstOf(objectAt(all.properties('chunk', 'QueuePolicy').PolicyDocument).Statement)];
    statement.Resource = [{ 'Fn::GetAtt': ['DeadLetters', 'Arn'] }];
  },
  'a queue policy for any account': (all) => {
    without(firstOf(objectAt(all.properties('ingest', 'QueuePolicy').PolicyDocument).Statement), 'Condition');
  },
  'batches that fail as a whole': (all) => {
    without(all.first('chunk', MAPPING), 'FunctionResponseTypes');
  },
  'a large batch without a window': (all) => {
    all.first('compactor', MAPPING, (id) => id.includes('Deltas')).BatchSize = 50;
  },
  'unbounded concurrency': (all) => {
    without(all.first('embed', MAPPING), 'ScalingConfig');
  },
  'concurrency of one': (all) => {
    objectAt(
      all.first('compactor', MAPPING, (id) => id.includes('Doorbell')).ScalingConfig,
    ).MaximumConcurrency = 1;
  },
  'a mapping of a queue that is not there': (all) => {
    all.first('chunk', MAPPING).EventSourceArn = { 'Fn::GetAtt': ['Wrok', 'Arn'] };
  },
  'a misspelt event': (all) => {
    objectAt(all.properties('chunk', 'OnDocumentsDerivedRule').EventPattern)['detail-type'] = [
      'document.derived.v1',
    ];
  },
  'an event of a version that does not exist': (all) => {
    objectAt(all.properties('query', 'OnDeltaCreatedRule').EventPattern)['detail-type'] = [
      'delta.created.v9',
    ];
  },
  'a pattern without a detail-type': (all) => {
    without(objectAt(all.properties('query', 'OnDeltaCreatedRule').EventPattern), 'detail-type');
  },
  'our events on the default bus': (all) => {
    without(all.properties('chunk', 'OnDocumentsDerivedRule'), 'EventBusName');
  },
  'a schedule on our bus': (all) => {
    all.first(
      'compactor',
      RULE,
      (_id, { ScheduleExpression }) => ScheduleExpression !== undefined,
    ).EventBusName = {
      'Fn::ImportValue': 'alluvium-dev-EventBusName',
    };
  },
  'uploads heard on our bus': (all) => {
    const rule = all.first('ingest', RULE, (_id, { EventPattern }) =>
      JSON.stringify(EventPattern ?? '').includes('aws.s3'),
    );
    rule.EventBusName = { 'Fn::ImportValue': 'alluvium-dev-EventBusName' };
  },
  'a target without dead letters': (all) => {
    without(firstOf(all.properties('compactor', 'OnDeltaCreatedRule').Targets), 'DeadLetterConfig');
  },
  'a target that is tried once': (all) => {
    firstOf(all.properties('compactor', 'OnDeltaCreatedRule').Targets).RetryPolicy = {
      MaximumRetryAttempts: 0,
    };
  },
  'a rule that may not invoke': (all) => {
    all.remove('compactor', 'OnScheduleEventBridgeLambdaPermission1');
  },
  'failed calls that go nowhere': (all) => {
    without(all.properties('compactor', 'OnScheduleLambdaEvConf'), 'DestinationConfig');
  },
  'an import that nobody exports': (all) => {
    all.properties('chunk', 'OnDocumentsDerivedRule').EventBusName = {
      'Fn::ImportValue': 'alluvium-dev-BusName',
    };
  },
  'a reference to nothing': (all) => {
    objectAt(
      all.properties('chunk', 'OnDocumentsDerivedLambdaFunction').Environment,
      'Variables',
    ).DEAD_LETTER_QUEUE_URL = {
      Ref: 'DeadLeters',
    };
  },
};
