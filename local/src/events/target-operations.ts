import type { OperationTable } from '../common/aws-json.ts';
import { pageOf, type PageRequest } from './bus-operations.ts';
import type { EventRegistry } from './event-registry.ts';
import { constraintError, limitExceeded, required, validationError } from './events-errors.ts';
import type { Target } from './model.ts';

interface TargetsRequest extends PageRequest {
  Rule?: string;
  EventBusName?: string;
  Targets?: Target[];
  Ids?: string[];
}

/** AWS's limit for one rule. */
const MAX_TARGETS = 5;

const checkBounds = (member: string, value: number | undefined, least: number, most: number): void => {
  if (value === undefined) return;
  if (value < least)
    throw constraintError(String(value), member, `have value greater than or equal to ${least}`);
  if (value > most) throw constraintError(String(value), member, `have value less than or equal to ${most}`);
};

const checkInput = ({ Id, Input, InputPath, InputTransformer }: Target): void => {
  if ([Input, InputPath, InputTransformer].filter((value) => value !== undefined).length > 1)
    throw validationError(
      `Only one of Input, InputPath, or InputTransformer must be provided for target ${Id}.`,
    );
  if (Input === undefined) return;
  try {
    JSON.parse(Input);
  } catch {
    throw validationError(`Parameter Input for target ${Id} is not valid JSON.`);
  }
};

const checkTarget = (target: Target): void => {
  if (!/^[.\-_A-Za-z0-9]{1,64}$/.test(target.Id))
    throw constraintError(
      target.Id,
      'targets.1.member.id',
      'satisfy regular expression pattern: [\\.\\-_A-Za-z0-9]+',
    );
  if (!/^arn:[^:]+:[^:]+:[^:]*:[^:]*:.+$/.test(target.Arn))
    throw validationError(
      `Parameter ${target.Arn} is not valid. Reason: Provided Arn is not in correct format.`,
    );
  if (target.Arn.endsWith('.fifo') && target.SqsParameters?.MessageGroupId === undefined)
    throw validationError(`Parameter(s) SqsParameters must be specified for target: ${target.Id}.`);
  checkInput(target);
  const { MaximumRetryAttempts, MaximumEventAgeInSeconds } = target.RetryPolicy ?? {};
  checkBounds('targets.1.member.retryPolicy.maximumRetryAttempts', MaximumRetryAttempts, 0, 185);
  checkBounds('targets.1.member.retryPolicy.maximumEventAgeInSeconds', MaximumEventAgeInSeconds, 60, 86_400);
};

const NONE_FAILED = { FailedEntryCount: 0, FailedEntries: [] };

/** The targets of rules. */
export const targetOperations = (registry: EventRegistry): OperationTable => ({
  PutTargets: async (input: TargetsRequest) => {
    const { record } = registry.rule(input.EventBusName, required(input.Rule, 'rule'));
    const added = required(input.Targets, 'targets');
    for (const target of added) checkTarget(target);
    const targets = new Map([...record.targets, ...added].map((target) => [target.Id, target]));
    if (targets.size > MAX_TARGETS) throw limitExceeded();
    await registry.saveRule({ ...record, targets: [...targets.values()] });
    return NONE_FAILED;
  },
  RemoveTargets: async (input: TargetsRequest) => {
    const { record } = registry.rule(input.EventBusName, required(input.Rule, 'rule'));
    const ids = required(input.Ids, 'ids');
    await registry.saveRule({ ...record, targets: record.targets.filter(({ Id }) => !ids.includes(Id)) });
    return NONE_FAILED;
  },
  ListTargetsByRule: (input: TargetsRequest) => {
    const { record } = registry.rule(input.EventBusName, required(input.Rule, 'rule'));
    const { items, next } = pageOf(record.targets, input);
    return { Targets: items, ...next };
  },
});
