import { judge, together, type Check, type CheckResult, type Deployment, type Fact } from '../finding.ts';
import { EXCEPTIONS, GRANTS } from './grants.ts';
import { PLACES } from './owners.ts';
import { rolesOf, type Role } from './policies.ts';
import { probesOf, type Grants } from './requests.ts';
import { isAllowed } from './simulate.ts';

const CHECK = 'iam-proofs';

/** Tries everything with a role, and gives what was allowed. */
export const grantsOf = async (role: Role, deployment: Deployment): Promise<Grants> => {
  const granted: Record<string, string[]> = {};
  for (const probe of probesOf(role, deployment))
    if (await isAllowed(role, probe)) (granted[probe.grant] ??= []).push(probe.on);
  return granted;
};

const ownershipFacts = ({ name, service }: Role, { puts = [] }: Grants): Fact[] =>
  puts.map((on) => {
    const { writers = [] } = PLACES[on] ?? {};
    const isExcepted = (EXCEPTIONS[name] ?? []).includes(on);
    return [
      writers.includes(service) || isExcepted,
      `${on} is written by ${writers.join(', ') || 'operators'} alone`,
    ];
  });

const judgeRole = async (role: Role, deployment: Deployment): Promise<CheckResult> => {
  const expected = GRANTS[role.name];
  if (!expected)
    return judge(CHECK, role.resource, [
      [
        false,
        `iam/grants.ts does not say what it may do: add the row that --grants prints, once you have read it`,
      ],
    ]);
  const facts: Fact[] = [];
  for (const probe of probesOf(role, deployment)) {
    const { grant, on, action } = probe;
    const should = (expected[grant] ?? []).includes(on);
    const may = await isAllowed(role, probe);
    facts.push([
      may === should,
      `${action} on ${on} is ${may ? 'allowed, and must not be' : 'denied, and is needed'}`,
    ]);
  }
  return judge(CHECK, role.resource, [...facts, ...ownershipFacts(role, expected)]);
};

/** Each role can do what its service needs, and nothing else: everything is tried on everything. */
export const iamProofs: Check = {
  name: CHECK,
  run: async (deployment) => {
    const results: CheckResult[] = [];
    for (const role of rolesOf(deployment)) results.push(await judgeRole(role, deployment));
    return together(results);
  },
};
