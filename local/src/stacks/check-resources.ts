import type { ResolvedResource } from './resolve-stacks.ts';
import { errorAt, objectAt, ofType, type Resources } from './read-functions.ts';
import { jsonList, jsonText } from './template.ts';

const PROVISIONED = [
  'AWS::S3::Bucket',
  'AWS::S3::BucketPolicy',
  'AWS::DynamoDB::Table',
  'AWS::SQS::Queue',
  'AWS::Events::EventBus',
  'AWS::Events::Archive',
  'AWS::Events::Rule',
  'AWS::Scheduler::Schedule',
  'AWS::Lambda::Function',
  'AWS::Lambda::EventInvokeConfig',
  'AWS::Lambda::EventSourceMapping',
  'AWS::ApiGatewayV2::Api',
  'AWS::ApiGatewayV2::Stage',
  'AWS::ApiGatewayV2::Route',
  'AWS::ApiGatewayV2::Integration',
  'AWS::ApiGatewayV2::Authorizer',
];

/** Who may do what, and what only watches: nothing to run on a laptop. */
const WITHOUT_EFFECT = [
  'AWS::IAM::Role',
  'AWS::IAM::Policy',
  'AWS::IAM::ManagedPolicy',
  'AWS::Lambda::Permission',
  'AWS::Lambda::Version',
  'AWS::SQS::QueuePolicy',
  'AWS::Logs::LogGroup',
  'AWS::Logs::MetricFilter',
  'AWS::CloudWatch::Alarm',
  'AWS::CloudWatch::Dashboard',
  'AWS::SNS::Topic',
  'AWS::Budgets::Budget',
];

const KNOWN = new Set([...PROVISIONED, ...WITHOUT_EFFECT]);

/** Sources of a pattern, when it names nothing but texts. */
const sourcesOf = (rule: ResolvedResource): string[] =>
  jsonList(objectAt(rule.properties, 'EventPattern').source).filter((source) => typeof source === 'string');

/** AWS delivers its own events and schedules to the default bus alone: elsewhere the rule would be silent for ever. */
const checkBus = (rule: ResolvedResource): void => {
  const busName = (jsonText(rule.properties.EventBusName) ?? 'default').replace(/^arn:.*event-bus\//, '');
  if (busName === 'default') return;
  const sources = sourcesOf(rule);
  if (rule.properties.ScheduleExpression !== undefined)
    throw errorAt(`a schedule works on the default bus only, not on "${busName}"`, rule, 'EventBusName');
  if (sources.length > 0 && sources.every((source) => source.startsWith('aws.')))
    throw errorAt(
      `events of ${sources.join(', ')} reach the default bus only, not "${busName}"`,
      rule,
      'EventBusName',
    );
};

const warningsOf = ({ type, stack, logicalId, properties }: ResolvedResource): string[] => {
  const name = `${stack.stackName}, ${logicalId}`;
  if (!KNOWN.has(type)) return [`${name}: ${type} does nothing on a laptop`];
  if (type === 'AWS::Lambda::Function' && properties.DeadLetterConfig !== undefined)
    return [`${name}: DeadLetterConfig does nothing on a laptop; use an on-failure destination`];
  if (type === 'AWS::Lambda::EventSourceMapping' && properties.FilterCriteria !== undefined)
    return [`${name}: FilterCriteria does nothing on a laptop`];
  return [];
};

/** What of the templates has no counterpart here. Throws TEMPLATE_INVALID for rules on a bus that will never feed them. */
export const checkResources = (resources: Resources): string[] => {
  for (const rule of ofType(resources, 'AWS::Events::Rule')) checkBus(rule);
  return resources.flatMap(warningsOf);
};
