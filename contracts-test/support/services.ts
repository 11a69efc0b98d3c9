import { readdirSync, readFileSync } from 'node:fs';
import { parse, type ScalarTag, type CollectionTag } from 'yaml';

const SERVICES = new URL('../../services/', import.meta.url);

/** What a service declares: the truth that its serverless.yml is checked against. */
export interface ServiceContract {
  consumes: string[];
  emits: string[];
  reads: string[];
  writes: string[];
}

/** Where a rule sends its events, and what happens to those that cannot be delivered. */
export interface RuleTarget {
  queue?: string;
  functionName?: string;
  deadLetters?: string;
  maximumRetryAttempts?: number;
}

/** One rule of a stack, whichever way it is written. */
export interface Rule {
  name: string;
  ownBus: boolean;
  scheduled: boolean;
  pattern: Record<string, unknown>;
  targets: RuleTarget[];
}

type Fields = Record<string, unknown>;

interface FunctionDefinition {
  handler: string;
  role?: string;
  timeout?: number;
  destinations?: Fields;
  events?: Fields[];
}

/** A serverless.yml with its CloudFormation functions as `{Tag: value}`. */
export interface ServerlessFile {
  custom?: { name?: string };
  functions?: Record<string, FunctionDefinition>;
  resources?: {
    Resources?: Record<string, { Type: string; Properties?: Fields }>;
    Outputs?: Record<string, { Export?: { Name: string } }>;
  };
}

/** A service folder. */
export interface Service {
  name: string;
  contract: ServiceContract;
  file: ServerlessFile;
  rules: Rule[];
}

const TAGS = ['Ref', 'GetAtt', 'Sub', 'ImportValue', 'Join', 'Select', 'Split', 'If', 'Equals'];

const scalarTag = (name: string): ScalarTag => ({
  tag: `!${name}`,
  resolve: (value: string) => ({ [name]: value }),
});
const sequenceTag = (name: string): CollectionTag => ({
  tag: `!${name}`,
  collection: 'seq',
  resolve: (sequence) => ({ [name]: (sequence as { toJSON(): unknown }).toJSON() }),
});

const parseServerless = (text: string): ServerlessFile =>
  parse(text, { customTags: TAGS.flatMap((name) => [scalarTag(name), sequenceTag(name)]) }) as ServerlessFile;

const logicalId = (value: unknown): string | undefined => {
  const getAtt = (value as { GetAtt?: string } | undefined)?.GetAtt;
  return getAtt?.replace(/\.Arn$/, '');
};

const functionRules = (functions: Record<string, FunctionDefinition> = {}): Rule[] =>
  Object.entries(functions).flatMap(([functionName, { events = [] }]) =>
    events.flatMap((event): Rule[] => {
      const bridge = event['eventBridge'] as Fields | undefined;
      if (bridge === undefined) return [];
      const retry = bridge['retryPolicy'] as Fields | undefined;
      const deadLetters = logicalId(bridge['deadLetterQueueArn']);
      const attempts = retry?.['maximumRetryAttempts'] as number | undefined;
      const target: RuleTarget = {
        functionName,
        ...(deadLetters === undefined ? {} : { deadLetters }),
        ...(attempts === undefined ? {} : { maximumRetryAttempts: attempts }),
      };
      const pattern = (bridge['pattern'] as Fields | undefined) ?? {};
      const scheduled = bridge['schedule'] !== undefined;
      return [
        {
          name: functionName,
          ownBus: bridge['eventBus'] !== undefined,
          scheduled,
          pattern,
          targets: [target],
        },
      ];
    }),
  );

const resourceTarget = (target: Fields): RuleTarget => {
  const id = logicalId(target['Arn']);
  const functionName = id?.match(/^(.*)LambdaFunction$/)?.[1];
  const deadLetters = logicalId((target['DeadLetterConfig'] as Fields | undefined)?.['Arn']);
  const attempts = (target['RetryPolicy'] as Fields | undefined)?.['MaximumRetryAttempts'] as
    number | undefined;
  return {
    ...(functionName === undefined ? { queue: id ?? '' } : { functionName }),
    ...(deadLetters === undefined ? {} : { deadLetters }),
    ...(attempts === undefined ? {} : { maximumRetryAttempts: attempts }),
  };
};

const resourceRules = ({ resources }: ServerlessFile): Rule[] =>
  Object.entries(resources?.Resources ?? {}).flatMap(([name, { Type, Properties = {} }]): Rule[] =>
    Type === 'AWS::Events::Rule'
      ? [
          {
            name,
            ownBus: Properties['EventBusName'] !== undefined,
            scheduled: Properties['ScheduleExpression'] !== undefined,
            pattern: (Properties['EventPattern'] as Fields | undefined) ?? {},
            targets: ((Properties['Targets'] as Fields[] | undefined) ?? []).map(resourceTarget),
          },
        ]
      : [],
  );

/** What all stacks with functions share. */
export const loadProvider = (): unknown =>
  parseServerless(readFileSync(new URL('provider.yml', SERVICES), 'utf8'));

/** Every service folder with its contract and its rules. */
export const loadServices = (): Service[] =>
  readdirSync(SERVICES, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => {
      const read = (file: string): string => readFileSync(new URL(`${name}/${file}`, SERVICES), 'utf8');
      const file = parseServerless(read('serverless.yml'));
      const contract = JSON.parse(read('contract.json')) as ServiceContract;
      return { name, contract, file, rules: [...functionRules(file.functions), ...resourceRules(file)] };
    });

/** The detail-types of ours that a rule lets through. */
export const detailTypesOf = (rule: Rule): string[] =>
  (rule.pattern['detail-type'] as string[] | undefined) ?? [];

/** True for a rule on events of AWS itself. */
export const isForeign = ({ pattern }: Rule): boolean =>
  ((pattern['source'] as string[] | undefined) ?? []).some((source) => source.startsWith('aws.'));

/** Resources of one type by logical id. */
export const resourcesOf = ({ file }: Service, type: string): [string, Fields][] =>
  Object.entries(file.resources?.Resources ?? {})
    .filter(([, { Type }]) => Type === type)
    .map(([id, { Properties = {} }]) => [id, Properties]);

/** One statement of a policy. */
export interface Statement {
  actions: string[];
  resources: unknown[];
  condition: unknown;
}

/** Statements that allow an action, of whatever policy. */
export const statementsFor = (value: unknown, action: string): Statement[] => {
  if (typeof value !== 'object' || value === null) return [];
  const { Action = [], Resource = [], Condition } = value as Fields;
  const actions = [Action].flat() as string[];
  const own = { actions, resources: [Resource].flat(), condition: Condition };
  const inner = Object.values(value).flatMap((nested) => statementsFor(nested, action));
  return actions.includes(action) ? [own, ...inner] : inner;
};

/** Names of other stacks' outputs, wherever they stand in a file. */
export const importsIn = (value: unknown): string[] => {
  if (typeof value !== 'object' || value === null) return [];
  const { ImportValue } = value as Fields;
  return typeof ImportValue === 'string' ? [ImportValue] : Object.values(value).flatMap(importsIn);
};

/** Names under which a stack's outputs are known to the others. */
export const exportsOf = ({ file }: Service): string[] =>
  Object.values(file.resources?.Outputs ?? {}).flatMap(({ Export }) => Export?.Name ?? []);
