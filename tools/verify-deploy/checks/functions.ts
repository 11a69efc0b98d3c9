import { jsonList, jsonNumber, jsonText, objectAt, ofType, type ResolvedResource } from '@alluvium/local';
import { judge, together, type Check } from '../finding.ts';

const CHECK = 'functions';
const MOST_TIMEOUT_S = 900;
const SECRET = /(secret|password|api_?key|private_?key|token)$/i;

const secretOf = ({ properties }: ResolvedResource): string | undefined => {
  const variables = Object.entries(objectAt(properties.Environment, 'Variables'));
  return variables.find(([name, value]) => SECRET.test(name) && jsonText(value) !== '')?.[0];
};

const hasRetention = ({ ref }: ResolvedResource, logGroups: readonly ResolvedResource[]): boolean =>
  logGroups.some(
    (group) =>
      group.ref === `/aws/lambda/${ref}` && jsonNumber(group.properties.RetentionInDays) !== undefined,
  );

// Functions that a rule calls and nobody waits for.
const calledByRules = (resources: readonly ResolvedResource[]): Set<string | undefined> => {
  const targets = ofType(resources, 'AWS::Events::Rule').flatMap(({ properties }) =>
    jsonList(properties.Targets),
  );
  return new Set(targets.map((target) => jsonText(objectAt(target).Arn)));
};

/** Runtime, roles, logs, and where failed asynchronous calls go. */
export const functions: Check = {
  name: CHECK,
  run: ({ resolved: { resources } }) => {
    const roles = ofType(resources, 'AWS::IAM::Role').map(({ attributes }) => attributes['Arn']);
    const logGroups = ofType(resources, 'AWS::Logs::LogGroup');
    const called = calledByRules(resources);
    const withDestination = ofType(resources, 'AWS::Lambda::EventInvokeConfig')
      .filter(
        ({ properties }) => objectAt(properties.DestinationConfig, 'OnFailure').Destination !== undefined,
      )
      .map(({ properties }) => jsonText(properties.FunctionName));
    return together(
      ofType(resources, 'AWS::Lambda::Function').map((one) => {
        const { Runtime, Architectures, Timeout, Role, ReservedConcurrentExecutions } = one.properties;
        const secret = secretOf(one);
        return judge(CHECK, one, [
          [Runtime === 'nodejs24.x', 'its runtime is not nodejs24.x'],
          [jsonList(Architectures).includes('arm64'), 'it is not built for arm64'],
          [(jsonNumber(Timeout) ?? 3) <= MOST_TIMEOUT_S, `no function runs longer than ${MOST_TIMEOUT_S} s`],
          [
            ReservedConcurrentExecutions === undefined,
            'reserved concurrency is refused in accounts that have little of it',
          ],
          [secret === undefined, `${secret ?? ''} holds a secret: name its parameter instead`],
          [hasRetention(one, logGroups), 'its log grows for ever: RetentionInDays'],
          [roles.includes(jsonText(Role) ?? ''), 'it has no role of its own'],
          [
            !called.has(one.attributes['Arn']) || withDestination.includes(one.ref),
            'a rule calls it, and failed calls go nowhere: destinations.onFailure',
          ],
        ]);
      }),
    );
  },
};
