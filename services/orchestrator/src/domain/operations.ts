import {
  operationRequestV1,
  PipelineError,
  type OperationArgsV1,
  type OperationRequestV1,
} from '@alluvium/contracts';
import { parseBody } from './requests.ts';

type ArgName = keyof OperationArgsV1;

/** What an operation takes and who does it. */
interface OperationRule {
  target: string | ((args: OperationArgsV1) => string | undefined);
  required: readonly ArgName[];
  /** Exactly one of these must be there. */
  oneOf?: readonly ArgName[];
  optional?: readonly ArgName[];
}

const COMPACTOR = 'compactor';
const ORCHESTRATOR = 'orchestrator';

const OWNER_OF_STAGE: Record<string, string> = {
  fetch: 'ingest',
  derive: 'ingest',
  chunk: 'chunk',
  embed: 'embed',
  compact: COMPACTOR,
};

const holdRule: OperationRule = {
  target: ({ source, stage }) => (source === undefined ? OWNER_OF_STAGE[stage ?? ''] : 'ingest'),
  required: [],
  oneOf: ['source', 'stage'],
  optional: ['collection'],
};

const onIndex = (rule: Omit<OperationRule, 'target'>): OperationRule => ({
  ...rule,
  target: COMPACTOR,
  required: ['collection', ...rule.required],
  optional: ['indexPath', ...(rule.optional ?? [])],
});

const RULES: Record<string, OperationRule> = {
  'tag-snapshot': onIndex({ required: ['tag'], optional: ['version', 'asOf', 'note'] }),
  'untag-snapshot': onIndex({ required: ['tag'] }),
  'rollback-snapshot': onIndex({ required: [], oneOf: ['version', 'asOf', 'tag'], optional: ['dryRun'] }),
  'unrevert-snapshot': onIndex({ required: [], optional: ['version', 'runId', 'dryRun'] }),
  'break-lock': onIndex({ required: [], optional: ['rvn', 'dryRun'] }),
  'collect-garbage': onIndex({
    required: [],
    optional: ['keepVersions', 'keepDays', 'keepDaily', 'dryRun'],
  }),
  'quarantine-segment': onIndex({ required: ['segment'], optional: ['dryRun'] }),
  'erase-document': onIndex({
    ...{ required: [], oneOf: ['documentId', 'documentIds', 'filter'] },
    optional: ['dryRun'],
  }),
  pause: holdRule,
  resume: holdRule,
  'cancel-run': { target: ORCHESTRATOR, required: ['runId'] },
  'replay-run': { target: ORCHESTRATOR, required: ['runId'] },
  'build-candidate': { target: ORCHESTRATOR, required: ['collection'] },
};

/** A request that was checked, with the service that does it. */
export type CheckedOperation = OperationRequestV1 & { target: string };

const refuse = (code: string, message: string): PipelineError =>
  new PipelineError(message, { code, kind: 'invalid' });

const unknown = (operation: string): PipelineError =>
  refuse(
    'OPERATION_UNKNOWN',
    operation === 'redrive'
      ? 'Dead letters are not sent back over HTTP: run `alluvium dlq redrive`.'
      : `There is no operation "${operation.slice(0, 64)}". There are ${Object.keys(RULES).join(', ')}.`,
  );

const listed = (names: readonly string[], word: string): string =>
  names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} ${word} ${names.at(-1) ?? ''}`;

const takes = ({ required, oneOf = [], optional = [] }: OperationRule): string => {
  const needed = [...required, ...(oneOf.length === 0 ? [] : [`one of ${listed(oneOf, 'and')}`])];
  const also = optional.length === 0 ? '' : `, and takes ${listed(optional, 'and')}`;
  return `it needs ${listed(needed, 'and')}${also}`;
};

const faultOf = (rule: OperationRule, args: OperationArgsV1): string | undefined => {
  const { required, oneOf = [], optional = [] } = rule;
  const given = Object.keys(args) as ArgName[];
  const missing = required.find((name) => !given.includes(name));
  if (missing !== undefined) return `${missing} is missing`;
  const chosen = oneOf.filter((name) => given.includes(name));
  if (oneOf.length > 0 && chosen.length !== 1)
    return `${chosen.length === 0 ? 'none' : 'more than one'} of ${listed(oneOf, 'and')} is given`;
  const foreign = given.find((name) => ![...required, ...oneOf, ...optional].includes(name));
  return foreign === undefined ? undefined : `${foreign} is not for it`;
};

const targetOf = ({ target }: OperationRule, args: OperationArgsV1): string | undefined =>
  typeof target === 'string' ? target : target(args);

/**
 * The body of POST /operations with the service that does it.
 * Errors: REQUEST_INVALID naming the field, OPERATION_UNKNOWN, OPERATION_INVALID naming the argument.
 */
export const parseOperationRequest = (body: unknown): CheckedOperation => {
  const request = parseBody(operationRequestV1, body);
  const { operation, args, target: named } = request;
  const rule = Object.hasOwn(RULES, operation) ? RULES[operation] : undefined;
  if (rule === undefined) throw unknown(operation);
  const fault = faultOf(rule, args);
  if (fault !== undefined) throw refuse('OPERATION_INVALID', `${operation}: ${fault}; ${takes(rule)}.`);
  const target = targetOf(rule, args);
  if (target === undefined) {
    const stages = listed(Object.keys(OWNER_OF_STAGE), 'or');
    throw refuse('OPERATION_INVALID', `${operation}: stage is "${args.stage ?? ''}", not ${stages}.`);
  }
  if (named !== undefined && named !== target) {
    throw refuse('OPERATION_INVALID', `${operation}: ${target} does it, not ${named}; leave target out.`);
  }
  return { ...request, target };
};
