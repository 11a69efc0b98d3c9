import { S3Error } from './s3-error.ts';

type Json = Record<string, unknown>;

/** What is being asked, in the terms of a policy. Names of condition keys in lower case; undefined is absent. */
export interface PolicyQuestion {
  action: string;
  resource: string;
  accountId: string;
  anonymous: boolean;
  /** Looks a condition key up; null when this server has no notion of it. */
  conditionKey: (name: string) => string | undefined | null;
}

export type PolicyVerdict = 'deny' | 'allow' | 'silent';

const asList = (value: unknown): string[] =>
  (Array.isArray(value) ? (value as unknown[]) : [value]).filter((entry) => entry !== undefined).map(String);

const isRecord = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** `*` is any text, `?` one character. */
const wildcard = (pattern: string, ignoreCase = false): RegExp => {
  const source = pattern
    .replace(/[\\^$.|+()[\]{}]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, ignoreCase ? 'isu' : 'su');
};

const matchesAny = (patterns: unknown, text: string, ignoreCase = false): boolean =>
  asList(patterns).some((pattern) => wildcard(pattern, ignoreCase).test(text));

type Test = (values: string[], actual: string) => boolean;

const TESTS: Record<string, Test> = {
  bool: (values, actual) => values.some((value) => value.toLowerCase() === actual.toLowerCase()),
  stringequals: (values, actual) => values.includes(actual),
  stringnotequals: (values, actual) => !values.includes(actual),
  stringequalsignorecase: (values, actual) =>
    values.some((value) => value.toLowerCase() === actual.toLowerCase()),
  stringlike: (values, actual) => matchesAny(values, actual),
  stringnotlike: (values, actual) => !matchesAny(values, actual),
  numericlessthanequals: (values, actual) => values.some((value) => Number(actual) <= Number(value)),
  numericgreaterthan: (values, actual) => values.some((value) => Number(actual) > Number(value)),
};

const holds = (operator: string, values: string[], actual: string | undefined): boolean => {
  if (operator === 'null') return values.includes(String(actual === undefined));
  const base = operator.replace(/ifexists$/, '');
  const test = TESTS[base];
  if (test === undefined) return false;
  // an absent key satisfies only the negated operators and the ...IfExists ones
  if (actual === undefined) return base !== operator || base.includes('not');
  return test(values, actual);
};

const conditionsHold = (conditions: unknown, { conditionKey }: PolicyQuestion): boolean => {
  if (!isRecord(conditions)) return true;
  return Object.entries(conditions).every(
    ([operator, keys]) =>
      isRecord(keys) &&
      Object.entries(keys).every(([name, values]) => {
        const actual = conditionKey(name.toLowerCase());
        return actual !== null && holds(operator.toLowerCase(), asList(values), actual);
      }),
  );
};

const namesCaller = (principal: unknown, { accountId, anonymous }: PolicyQuestion): boolean => {
  const named = isRecord(principal) ? asList(principal['AWS']) : asList(principal);
  if (named.includes('*')) return true;
  return !anonymous && (named.includes(accountId) || named.includes(`arn:aws:iam::${accountId}:root`));
};

/** `Action` or its negation `NotAction`, and so on. */
const selects = (statement: Json, field: string, test: (value: unknown) => boolean): boolean =>
  statement[field] === undefined ? !test(statement[`Not${field}`]) : test(statement[field]);

const applies = (statement: Json, question: PolicyQuestion): boolean =>
  selects(statement, 'Principal', (value) => namesCaller(value, question)) &&
  selects(statement, 'Action', (value) => matchesAny(value, question.action, true)) &&
  selects(statement, 'Resource', (value) => matchesAny(value, question.resource)) &&
  conditionsHold(statement['Condition'], question);

const statementsOf = (policy: Json): Json[] => {
  const statements = policy['Statement'];
  return (Array.isArray(statements) ? (statements as unknown[]) : [statements]).filter(isRecord);
};

/**
 * What a bucket policy says: an explicit deny wins. A statement that depends on a condition this server has no notion
 * of (a VPC endpoint, a principal's tags) never applies, so that a policy made for AWS cannot lock a laptop out.
 */
export const evaluatePolicy = (document: string, question: PolicyQuestion): PolicyVerdict => {
  const applying = statementsOf(JSON.parse(document) as Json).filter((statement) =>
    applies(statement, question),
  );
  if (applying.some((statement) => statement['Effect'] === 'Deny')) return 'deny';
  return applying.length > 0 ? 'allow' : 'silent';
};

const malformed = (message: string): S3Error => new S3Error('MalformedPolicy', { message });

const parsePolicy = (document: string): unknown => {
  try {
    return JSON.parse(document);
  } catch {
    throw malformed("Policies must be valid JSON and the first byte must be '{'");
  }
};

const checkStatement = (statement: Json, bucket: string): void => {
  if (statement['Effect'] !== 'Allow' && statement['Effect'] !== 'Deny') throw malformed('Invalid effect');
  for (const field of ['Principal', 'Action', 'Resource'])
    if (statement[field] === undefined && statement[`Not${field}`] === undefined)
      throw malformed(`Missing required field ${field}`);
  const arn = `arn:aws:s3:::${bucket}`;
  for (const resource of asList(statement['Resource'] ?? []))
    if (!wildcard(resource.split('/')[0] ?? '').test(arn)) throw malformed('Policy has invalid resource');
};

/** Refuses what S3 would refuse when the policy is put. */
export const checkPolicy = (document: string, bucket: string): void => {
  const policy = parsePolicy(document);
  if (!isRecord(policy)) throw malformed("Policies must be valid JSON and the first byte must be '{'");
  const statements = statementsOf(policy);
  if (statements.length === 0) throw malformed('Missing required field Statement');
  for (const statement of statements) checkStatement(statement, bucket);
};
