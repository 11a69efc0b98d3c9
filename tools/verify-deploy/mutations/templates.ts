import { objectAt, jsonList, type Json, type JsonObject } from '@alluvium/local';
import type { DeployStack } from '../package-stacks.ts';

/** A fault as somebody might write it into a serverless.yml: changes a copy of all templates, and throws when there is nothing to change. */
export type Plant = (templates: Templates) => void;

interface RawResource {
  Type: string;
  Properties: JsonObject;
  DeletionPolicy?: string;
}

/** Copies of the templates of all stacks, by service. */
export class Templates {
  readonly stacks: DeployStack[];

  constructor(stacks: readonly DeployStack[]) {
    this.stacks = stacks.map((stack) => ({
      ...stack,
      template: structuredClone(stack.template),
      zips: { ...stack.zips },
    }));
  }

  stack(service: string): DeployStack {
    const found = this.stacks.find((stack) => stack.service === service);
    if (!found) throw new Error(`there is no stack ${service}`);
    return found;
  }

  resource(service: string, logicalId: string): RawResource {
    const found = this.stack(service).template.Resources[logicalId];
    if (!found) throw new Error(`${service} has no ${logicalId}`);
    return found as RawResource;
  }

  properties(service: string, logicalId: string): JsonObject {
    return this.resource(service, logicalId).Properties;
  }

  /** The first resource of a type, or of a type and a test. */
  first(
    service: string,
    type: string,
    test: (id: string, properties: JsonObject) => boolean = () => true,
  ): JsonObject {
    const entries = Object.entries(this.stack(service).template.Resources);
    const found = entries.find(([id, { Type, Properties }]) => Type === type && test(id, Properties ?? {}));
    if (!found?.[1].Properties) throw new Error(`${service} has no such ${type}`);
    return found[1].Properties;
  }

  remove(service: string, logicalId: string): void {
    this.resource(service, logicalId);
    Reflect.deleteProperty(this.stack(service).template.Resources, logicalId);
  }

  /** A statement of a role's policy that allows an action. */
  statement(service: string, role: string, action: string): JsonObject {
    const found = this.statements(service, role).find(({ Action }) =>
      (Array.isArray(Action) ? Action : [Action]).includes(action),
    );
    if (!found) throw new Error(`${service}/${role} is not allowed ${action}`);
    return found;
  }

  statements(service: string, role: string): JsonObject[] {
    const policies = jsonList(this.properties(service, role).Policies);
    return policies
      .flatMap((policy) => jsonList(objectAt(policy, 'PolicyDocument').Statement))
      .map((one) => objectAt(one));
  }

  allow(service: string, role: string, statement: JsonObject): void {
    const [policy] = jsonList(this.properties(service, role).Policies);
    jsonList(objectAt(policy, 'PolicyDocument').Statement).push({ Effect: 'Allow', ...statement });
  }
}

/** Takes a member away that is there. */
export const without = (object: JsonObject, member: string): void => {
  if (!(member in object)) throw new Error(`there is no ${member}`);
  Reflect.deleteProperty(object, member);
};

export const firstOf = (list: Json | undefined): JsonObject => {
  const [first] = jsonList(list);
  if (first === undefined) throw new Error('the list is empty');
  return objectAt(first);
};
