import {
  jsonList,
  jsonText,
  objectAt,
  ofType,
  type JsonObject,
  type ResolvedResource,
} from '@alluvium/local';
import type { Deployment } from '../finding.ts';

/** A role of a stack, with nothing left to look up. */
export interface Role {
  /** `compactor/OnDoorbellRole`. */
  name: string;
  service: string;
  resource: ResolvedResource;
  policies: { name: string; policy: JsonObject }[];
}

/** All roles that our stacks make. */
export const rolesOf = ({ resolved: { resources } }: Deployment): Role[] =>
  ofType(resources, 'AWS::IAM::Role').map((resource) => ({
    name: `${resource.stack.service}/${resource.logicalId}`,
    service: resource.stack.service,
    resource,
    policies: jsonList(resource.properties.Policies).map((policy) => ({
      name: jsonText(objectAt(policy).PolicyName) ?? '',
      policy: objectAt(policy, 'PolicyDocument'),
    })),
  }));

/** Texts of a policy element that is one or a list of them. */
export const textsOf = (value: JsonObject[string] | undefined): string[] =>
  (Array.isArray(value) ? value : [value]).map((one) => jsonText(one)).filter((text) => text !== undefined);
