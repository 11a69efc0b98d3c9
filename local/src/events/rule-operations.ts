import type { OperationTable } from '../common/aws-json.ts';
import { pageOf, type PageRequest } from './bus-operations.ts';
import { flattenEvent } from './event-fields.ts';
import { compileEventPattern } from './event-pattern.ts';
import { DEFAULT_BUS, type EventRegistry, type Rule } from './event-registry.ts';
import { constraintError, required, validationError } from './events-errors.ts';
import type { RuleRecord, Tag } from './model.ts';
import { parseSchedule } from './schedule.ts';
import type { Scheduler } from './scheduler.ts';

interface RuleRequest {
  Name?: string;
  EventBusName?: string;
}

interface PutRuleRequest extends RuleRequest {
  EventPattern?: string;
  ScheduleExpression?: string;
  State?: string;
  Description?: string;
  RoleArn?: string;
  Tags?: Tag[];
}

const STATES = ['ENABLED', 'DISABLED', 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS'];

const checkRule = (name: string, bus: string, input: PutRuleRequest, nowMs: number): void => {
  const { EventPattern, ScheduleExpression, State = 'ENABLED' } = input;
  if (!/^[.\-_A-Za-z0-9]{1,64}$/.test(name))
    throw constraintError(name, 'name', 'satisfy regular expression pattern: [\\.\\-_A-Za-z0-9]+');
  if (!STATES.includes(State))
    throw constraintError(State, 'state', `satisfy enum value set: [${STATES.join(', ')}]`);
  if (!EventPattern && !ScheduleExpression)
    throw validationError('Parameter(s) EventPattern or ScheduleExpression must be specified.');
  if (EventPattern) compileEventPattern(EventPattern);
  if (!ScheduleExpression) return;
  if (bus !== DEFAULT_BUS)
    throw validationError('ScheduleExpression is supported only on the default event bus.');
  parseSchedule(ScheduleExpression, nowMs);
};

const toRecord = (
  place: Pick<RuleRecord, 'bus' | 'name' | 'targets' | 'createdAtMs'>,
  input: PutRuleRequest,
): RuleRecord => ({
  ...place,
  state: input.State ?? 'ENABLED',
  ...(input.Description === undefined ? {} : { description: input.Description }),
  ...(input.EventPattern ? { eventPattern: input.EventPattern } : {}),
  ...(input.ScheduleExpression ? { scheduleExpression: input.ScheduleExpression } : {}),
  ...(input.RoleArn === undefined ? {} : { roleArn: input.RoleArn }),
});

const describeRule = ({ record, arn }: Rule): Record<string, unknown> => ({
  Name: record.name,
  Arn: arn,
  EventPattern: record.eventPattern,
  ScheduleExpression: record.scheduleExpression,
  State: record.state,
  Description: record.description,
  RoleArn: record.roleArn,
  EventBusName: record.bus,
});

const putRule = async (
  registry: EventRegistry,
  scheduler: Scheduler,
  input: PutRuleRequest,
): Promise<object> => {
  const name = required(input.Name, 'name');
  const bus = registry.bus(input.EventBusName).name;
  const nowMs = registry.clock.nowMs();
  checkRule(name, bus, input, nowMs);
  const present = registry.findRule(bus, name)?.record;
  const rule = await registry.saveRule(
    toRecord({ bus, name, targets: present?.targets ?? [], createdAtMs: nowMs }, input),
  );
  if (input.Tags !== undefined && present === undefined) await registry.saveTags(rule.arn, input.Tags);
  scheduler.update(rule);
  return { RuleArn: rule.arn };
};

const deleteRule = async (
  registry: EventRegistry,
  scheduler: Scheduler,
  input: RuleRequest,
): Promise<object> => {
  const rule = registry.findRule(registry.bus(input.EventBusName).name, required(input.Name, 'name'));
  if (rule === undefined) return {};
  if (rule.record.targets.length > 0) throw validationError("Rule can't be deleted since it has targets.");
  scheduler.stop(rule.arn);
  await registry.deleteRule(rule);
  return {};
};

const testPattern = (input: { EventPattern?: string; Event?: string }): object => {
  const pattern = compileEventPattern(required(input.EventPattern, 'eventPattern'));
  let event: unknown;
  try {
    event = JSON.parse(required(input.Event, 'event'));
  } catch {
    throw validationError('Parameter Event is not valid.');
  }
  return { Result: pattern.matches(flattenEvent(event)) };
};

/** Rules and their patterns and schedules. */
export const ruleOperations = (registry: EventRegistry, scheduler: Scheduler): OperationTable => {
  const setState = async (input: RuleRequest, state: string): Promise<object> => {
    const { record } = registry.rule(input.EventBusName, required(input.Name, 'name'));
    scheduler.update(await registry.saveRule({ ...record, state }));
    return {};
  };
  return {
    PutRule: (input: PutRuleRequest) => putRule(registry, scheduler, input),
    DeleteRule: (input: RuleRequest) => deleteRule(registry, scheduler, input),
    DescribeRule: (input: RuleRequest) => ({
      ...describeRule(registry.rule(input.EventBusName, required(input.Name, 'name'))),
      CreatedBy: registry.accountId,
    }),
    ListRules: (input: RuleRequest & PageRequest & { NamePrefix?: string }) => {
      const rules = registry.rulesOf(registry.bus(input.EventBusName).name);
      const wanted = rules.filter(({ record }) => record.name.startsWith(input.NamePrefix ?? ''));
      const { items, next } = pageOf(wanted, input);
      return { Rules: items.map(describeRule), ...next };
    },
    ListRuleNamesByTarget: (input: RuleRequest & PageRequest & { TargetArn?: string }) => {
      const arn = required(input.TargetArn, 'targetArn');
      const rules = registry.rulesOf(registry.bus(input.EventBusName).name);
      const wanted = rules.filter(({ record }) => record.targets.some((target) => target.Arn === arn));
      const { items, next } = pageOf(wanted, input);
      return { RuleNames: items.map(({ record }) => record.name), ...next };
    },
    EnableRule: (input: RuleRequest) => setState(input, 'ENABLED'),
    DisableRule: (input: RuleRequest) => setState(input, 'DISABLED'),
    TestEventPattern: testPattern,
  };
};
