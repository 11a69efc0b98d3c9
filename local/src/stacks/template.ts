import { PipelineError } from '@alluvium/contracts';

export type Json = null | boolean | number | string | Json[] | JsonObject;
export interface JsonObject {
  [key: string]: Json;
}

export interface TemplateResource {
  Type: string;
  Properties?: JsonObject;
  Condition?: string;
}

export interface TemplateOutput {
  Value: Json;
  Export?: { Name: Json };
}

/** What of a CloudFormation template is read. */
export interface Template {
  Resources: Record<string, TemplateResource>;
  Outputs?: Record<string, TemplateOutput>;
}

/** One stack as it was packaged. */
export interface StackSource {
  /** The service's folder, e.g. `chunk`. */
  service: string;
  /** CloudFormation's name of the stack, e.g. `alluvium-chunk-dev`. */
  stackName: string;
  template: Template;
  /** Where the functions' code lies: a handler `dist/x/index.handler` is `<codeDirectory>/dist/x/index.mjs`. */
  codeDirectory: string;
}

/** Where in which template something was found. */
export interface TemplateLocation {
  stack: string;
  /** Logical id of the resource, or `Outputs`. */
  resource: string;
  /** Of the value, e.g. `Properties.Environment.Variables.TABLE_NAME`. */
  path: string;
}

export const templateError = (problem: string, at: TemplateLocation): PipelineError =>
  new PipelineError(`${at.stack}, ${at.resource}, ${at.path}: ${problem}`, {
    code: 'TEMPLATE_INVALID',
    kind: 'invalid',
    details: { ...at },
  });

export const isJsonObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Undefined when `value` is no array. */
export const jsonList = (value: Json | undefined): Json[] => (Array.isArray(value) ? value : []);

export const jsonText = (value: Json | undefined): string | undefined =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;

/** CloudFormation takes numbers written as text, too. */
export const jsonNumber = (value: Json | undefined): number | undefined => {
  const text = jsonText(value);
  return text === undefined || text === '' || Number.isNaN(Number(text)) ? undefined : Number(text);
};
