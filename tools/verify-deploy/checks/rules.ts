import { readdirSync } from 'node:fs';
import { jsonList, jsonNumber, jsonText, objectAt, ofType, type ResolvedResource } from '@alluvium/local';
import { judge, together, type Check, type CheckResult } from '../finding.ts';

const CHECK = 'rules';
const EVENTS = new URL('../../../schemas/events/', import.meta.url);

const known = new Set(readdirSync(EVENTS).map((file) => file.replace('.schema.json', '')));

const textsAt = (values: Parameters<typeof jsonList>[0]): string[] =>
  jsonList(values).map((value) => jsonText(value) ?? '');

const judgePattern = (rule: ResolvedResource): CheckResult => {
  const { EventPattern, EventBusName, ScheduleExpression } = rule.properties;
  const pattern = objectAt(EventPattern);
  const isForeign = textsAt(pattern.source).some((source) => source.startsWith('aws.'));
  const isOfAws = isForeign || ScheduleExpression !== undefined;
  const onDefault = ['default', undefined].includes(jsonText(EventBusName));
  const types = textsAt(pattern['detail-type']);
  return judge(CHECK, rule, [
    [!isOfAws || onDefault, 'events of AWS and schedules reach the default bus only'],
    [isOfAws || !onDefault, 'it listens on the default bus, where our events never are'],
    [isOfAws || types.length > 0, 'its pattern names no detail-type'],
    [
      isOfAws || types.every((type) => known.has(type)),
      `no schema describes "${types.find((type) => !known.has(type)) ?? ''}"`,
    ],
  ]);
};

interface Callees {
  functions: ReadonlySet<string | undefined>;
  /** Functions that EventBridge may invoke. */
  permitted: ReadonlySet<string | undefined>;
}

const judgeTargets = (rule: ResolvedResource, { functions, permitted }: Callees): CheckResult =>
  together(
    jsonList(rule.properties.Targets).map((target) => {
      const arn = jsonText(objectAt(target).Arn);
      return judge(CHECK, rule, [
        [
          objectAt(target, 'DeadLetterConfig').Arn !== undefined,
          'what cannot be delivered is lost: DeadLetterConfig',
        ],
        [
          (jsonNumber(objectAt(target, 'RetryPolicy').MaximumRetryAttempts) ?? 0) >= 1,
          'its deliveries are not tried again: RetryPolicy',
        ],
        [
          !functions.has(arn) || permitted.has(arn),
          'it may not invoke its function: AWS::Lambda::Permission with a SourceArn',
        ],
      ]);
    }),
  );

/** Which events reach whom, and that none is lost on the way. */
export const rules: Check = {
  name: CHECK,
  run: ({ resolved: { resources } }) => {
    const permissions = ofType(resources, 'AWS::Lambda::Permission').filter(
      ({ properties }) =>
        properties.Principal === 'events.amazonaws.com' && properties.SourceArn !== undefined,
    );
    const callees: Callees = {
      functions: new Set(
        ofType(resources, 'AWS::Lambda::Function').map(({ attributes }) => attributes['Arn']),
      ),
      permitted: new Set(permissions.map(({ properties }) => jsonText(properties.FunctionName))),
    };
    const all = ofType(resources, 'AWS::Events::Rule');
    return together(all.flatMap((rule) => [judgePattern(rule), judgeTargets(rule, callees)]));
  },
};
