import {
  CreateArchiveCommand,
  CreateEventBusCommand,
  DeleteRuleCommand,
  DescribeArchiveCommand,
  DescribeEventBusCommand,
  ListTargetsByRuleCommand,
  PutRuleCommand,
  PutTargetsCommand,
  RemoveTargetsCommand,
  UpdateArchiveCommand,
  type EventBridgeClient,
  type Target,
} from '@aws-sdk/client-eventbridge';
import { objectAt } from './read-functions.ts';
import type { ResolvedResource } from './resolve-stacks.ts';
import { jsonList, jsonNumber, jsonText, type Json } from './template.ts';

/** A rule by its place, to find those that a later start no longer has. */
export interface RuleName {
  bus: string;
  name: string;
}

const isMissing = (error: unknown): boolean =>
  error instanceof Error && error.name === 'ResourceNotFoundException';

const exists = async (description: Promise<unknown>): Promise<boolean> => {
  try {
    await description;
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
};

export const provisionBus = async (events: EventBridgeClient, { ref }: ResolvedResource): Promise<void> => {
  if (!(await exists(events.send(new DescribeEventBusCommand({ Name: ref })))))
    await events.send(new CreateEventBusCommand({ Name: ref }));
};

const patternText = (pattern: Json | undefined): string | undefined =>
  pattern === undefined || typeof pattern === 'string' ? pattern : JSON.stringify(pattern);

export const provisionArchive = async (
  events: EventBridgeClient,
  { ref, properties }: ResolvedResource,
): Promise<void> => {
  const settings = {
    ArchiveName: ref,
    EventPattern: patternText(properties.EventPattern),
    RetentionDays: jsonNumber(properties.RetentionDays),
  };
  const EventSourceArn = jsonText(properties.SourceArn);
  if (await exists(events.send(new DescribeArchiveCommand({ ArchiveName: ref }))))
    await events.send(new UpdateArchiveCommand(settings));
  else await events.send(new CreateArchiveCommand({ ...settings, EventSourceArn }));
};

const removeTargets = async (events: EventBridgeClient, rule: RuleName, keep: string[]): Promise<void> => {
  const place = { Rule: rule.name, EventBusName: rule.bus };
  const { Targets = [] } = await events.send(new ListTargetsByRuleCommand(place));
  const Ids = Targets.flatMap(({ Id }) => (Id === undefined || keep.includes(Id) ? [] : [Id]));
  if (Ids.length > 0) await events.send(new RemoveTargetsCommand({ ...place, Ids }));
};

/** A rule with its targets, to be put as it stands. */
export interface RuleSettings extends RuleName {
  pattern: string | undefined;
  schedule: string | undefined;
  enabled: boolean;
  targets: Target[];
}

export const readRule = ({ ref, properties }: ResolvedResource): RuleSettings => ({
  bus: (jsonText(properties.EventBusName) ?? 'default').replace(/^arn:.*event-bus\//, ''),
  name: ref,
  pattern: patternText(properties.EventPattern),
  schedule: jsonText(properties.ScheduleExpression),
  enabled: properties.State !== 'DISABLED',
  // CloudFormation writes targets as the API takes them
  targets: jsonList(properties.Targets) as unknown as Target[],
});

/** EventBridge Scheduler's schedules become rules of the default bus, which do the same. */
export const readSchedule = ({ ref, properties }: ResolvedResource): RuleSettings => {
  const target = objectAt(properties, 'Target') as unknown as Target;
  return {
    bus: 'default',
    name: ref,
    pattern: undefined,
    schedule: jsonText(properties.ScheduleExpression),
    enabled: properties.State !== 'DISABLED',
    targets: [{ ...target, Id: 'schedule' }],
  };
};

/** Puts the rule as the template has it, targets included. */
export const provisionRule = async (events: EventBridgeClient, rule: RuleSettings): Promise<void> => {
  const { name, bus, pattern, schedule, enabled, targets } = rule;
  await events.send(
    new PutRuleCommand({
      Name: name,
      EventBusName: bus,
      EventPattern: pattern,
      ScheduleExpression: schedule,
      State: enabled ? 'ENABLED' : 'DISABLED',
    }),
  );
  await removeTargets(
    events,
    rule,
    targets.flatMap(({ Id }) => Id ?? []),
  );
  if (targets.length > 0)
    await events.send(new PutTargetsCommand({ Rule: name, EventBusName: bus, Targets: targets }));
};

/** Takes a rule away that the templates no longer have. */
export const removeRule = async (events: EventBridgeClient, rule: RuleName): Promise<void> => {
  try {
    await removeTargets(events, rule, []);
    await events.send(new DeleteRuleCommand({ Name: rule.name, EventBusName: rule.bus }));
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
};
