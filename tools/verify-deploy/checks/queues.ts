import { jsonList, jsonNumber, jsonText, objectAt, ofType, type ResolvedResource } from '@alluvium/local';
import { judge, together, type Check, type CheckResult, type Deployment } from '../finding.ts';

const CHECK = 'queues';
/** AWS keeps no message longer. */
const FOURTEEN_DAYS_S = 1_209_600;
/** What AWS advises: time for the tries of throttled polls. */
const VISIBILITY_TIMEOUTS = 6;

const arnOf = ({ attributes }: ResolvedResource): string => attributes['Arn'] ?? '';

interface Facts {
  queues: ResolvedResource[];
  functions: ResolvedResource[];
  policies: ResolvedResource[];
  /** ARNs that take what another queue gave up, or what a rule could not deliver. */
  deadLetterArns: Set<string>;
  /** ARNs that a rule sends to. */
  ruleArns: Set<string>;
}

const factsOf = ({ resolved: { resources } }: Deployment): Facts => {
  const queues = ofType(resources, 'AWS::SQS::Queue');
  const targets = ofType(resources, 'AWS::Events::Rule').flatMap(({ properties }) =>
    jsonList(properties.Targets),
  );
  const redriven = queues.map(({ properties }) => objectAt(properties.RedrivePolicy).deadLetterTargetArn);
  const undelivered = targets.map((target) => objectAt(target, 'DeadLetterConfig').Arn);
  const delivered = targets.map((target) => objectAt(target).Arn);
  const textsOf = (values: Parameters<typeof jsonText>[0][]): Set<string> =>
    new Set(values.map(jsonText).filter((arn) => arn !== undefined));
  return {
    queues,
    functions: ofType(resources, 'AWS::Lambda::Function'),
    policies: ofType(resources, 'AWS::SQS::QueuePolicy'),
    deadLetterArns: textsOf([...redriven, ...undelivered]),
    ruleArns: textsOf([...delivered, ...undelivered]),
  };
};

const eventsMaySend = ({ policies }: Facts, queueArn: string): boolean =>
  policies.some(({ properties }) =>
    jsonList(objectAt(properties.PolicyDocument).Statement).some((statement) => {
      const { Effect, Principal, Resource, Action } = objectAt(statement);
      const isEvents = objectAt(Principal).Service === 'events.amazonaws.com';
      const isOurs = objectAt(statement, 'Condition', 'StringEquals')['aws:SourceAccount'] !== undefined;
      const arns = Array.isArray(Resource) ? Resource : [Resource];
      return (
        Effect === 'Allow' && Action === 'sqs:SendMessage' && isEvents && isOurs && arns.includes(queueArn)
      );
    }),
  );

const judgeQueue = (queue: ResolvedResource, facts: Facts): CheckResult => {
  const { properties } = queue;
  const redrive = objectAt(properties.RedrivePolicy);
  const arn = arnOf(queue);
  const endsHere = facts.deadLetterArns.has(arn);
  const isRedriven = redrive.deadLetterTargetArn !== undefined;
  return judge(CHECK, queue, [
    [properties.SqsManagedSseEnabled === true, 'it is not encrypted: SqsManagedSseEnabled'],
    [
      !endsHere || jsonNumber(properties.MessageRetentionPeriod) === FOURTEEN_DAYS_S,
      'a dead-letter queue keeps messages for 14 days: MessageRetentionPeriod',
    ],
    [endsHere || isRedriven, 'what fails for ever has nowhere to go: RedrivePolicy'],
    [
      !isRedriven || (jsonNumber(redrive.maxReceiveCount) ?? 0) >= 3,
      'it gives up before the third try: maxReceiveCount',
    ],
    [
      !facts.ruleArns.has(arn) || eventsMaySend(facts, arn),
      'no queue policy lets EventBridge of this account send to it',
    ],
  ]);
};

const judgeMapping = (mapping: ResolvedResource, { queues, functions }: Facts): CheckResult => {
  const { properties } = mapping;
  const queue = queues.find((one) => arnOf(one) === properties.EventSourceArn);
  const name = properties.FunctionName;
  const called = functions.find(({ ref, attributes }) => [ref, attributes['Arn']].includes(jsonText(name)));
  const timeoutS = jsonNumber(called?.properties.Timeout) ?? 3;
  const visibilityS = jsonNumber(queue?.properties.VisibilityTimeout) ?? 30;
  const needsWindow = (jsonNumber(properties.BatchSize) ?? 10) > 10;
  return judge(CHECK, mapping, [
    [queue !== undefined, 'no queue has the ARN it reads'],
    [called !== undefined, 'no function has the name it calls'],
    [
      visibilityS >= VISIBILITY_TIMEOUTS * timeoutS,
      `messages show again after ${visibilityS} s, and a try takes ${timeoutS} s: 6 times that is needed`,
    ],
    [
      jsonList(properties.FunctionResponseTypes).includes('ReportBatchItemFailures'),
      'one bad message fails its whole batch: ReportBatchItemFailures',
    ],
    [
      !needsWindow || (jsonNumber(properties.MaximumBatchingWindowInSeconds) ?? 0) >= 1,
      'a batch of more than 10 needs MaximumBatchingWindowInSeconds',
    ],
    [
      (jsonNumber(objectAt(properties.ScalingConfig).MaximumConcurrency) ?? 0) >= 2,
      'its concurrency has no bound: MaximumConcurrency, 2 at least',
    ],
  ]);
};

/** Backpressure, and what becomes of failures. */
export const queues: Check = {
  name: CHECK,
  run: (deployment) => {
    const facts = factsOf(deployment);
    const mappings = ofType(deployment.resolved.resources, 'AWS::Lambda::EventSourceMapping');
    return together([
      ...facts.queues.map((queue) => judgeQueue(queue, facts)),
      ...mappings.map((mapping) => judgeMapping(mapping, facts)),
    ]);
  },
};
