import { PipelineError } from '@alluvium/contracts';
import { derivedName, identify, NAME_PROPERTIES, type Identity, type Installation } from './identity.ts';
import { resolveIntrinsics, type Scope } from './intrinsics.ts';
import {
  isJsonObject,
  jsonText,
  templateError,
  type Json,
  type JsonObject,
  type StackSource,
  type TemplateLocation,
  type TemplateOutput,
} from './template.ts';

/** A resource of a template with nothing left to look up. */
export interface ResolvedResource extends Identity {
  stack: StackSource;
  logicalId: string;
  type: string;
  properties: JsonObject;
}

/** All stacks of an installation, resolved against each other. */
export interface ResolvedStacks {
  /** Names in an order in which each stack comes after those it imports from. */
  order: string[];
  resources: ResolvedResource[];
  exports: Record<string, string>;
  /** Stack name to output name to value. */
  outputs: Record<string, Record<string, string>>;
}

interface ExportedOutput {
  source: StackSource;
  output: TemplateOutput;
}

const pseudoParameters = (
  { stackName }: StackSource,
  { region, accountId }: Installation,
): Record<string, string> => ({
  'AWS::Region': region,
  'AWS::AccountId': accountId,
  'AWS::Partition': 'aws',
  'AWS::StackName': stackName,
  'AWS::StackId': `arn:aws:cloudformation:${region}:${accountId}:stack/${stackName}/local`,
  'AWS::URLSuffix': 'amazonaws.com',
});

/** Looks values up across stacks, following imports as they come; one per resolution. */
class Resolver {
  readonly exports = new Map<string, ExportedOutput>();
  readonly imports = new Map<string, Set<string>>();
  private readonly installation: Installation;
  private readonly scopes = new Map<StackSource, Scope>();
  private readonly underWay = new Set<string>();

  constructor(sources: StackSource[], installation: Installation) {
    this.installation = installation;
    for (const source of sources) {
      this.imports.set(source.stackName, new Set());
      this.scopes.set(source, this.scopeOf(source));
    }
    for (const source of sources) this.indexExports(source);
  }

  resolve(source: StackSource, value: Json, at: Omit<TemplateLocation, 'stack'>): Json {
    const scope = this.scopes.get(source) ?? this.scopeOf(source);
    return resolveIntrinsics(value, scope, { stack: source.stackName, ...at });
  }

  identity(source: StackSource, logicalId: string): Identity | undefined {
    const resource = source.template.Resources[logicalId];
    if (resource === undefined) return undefined;
    const text = (property: string | undefined) => {
      const value = property === undefined ? undefined : resource.Properties?.[property];
      const at = { resource: logicalId, path: `Properties.${property ?? ''}` };
      return value === undefined ? undefined : jsonText(this.resolve(source, value, at));
    };
    const name = text(NAME_PROPERTIES[resource.Type]) ?? derivedName(source.stackName, logicalId);
    const busName = resource.Type === 'AWS::Events::Rule' ? text('EventBusName') : undefined;
    return identify(resource.Type, { name, busName, installation: this.installation });
  }

  exported(name: string): string | undefined {
    const found = this.exports.get(name);
    if (found === undefined) return undefined;
    const at = { resource: 'Outputs', path: name };
    if (this.underWay.has(name))
      throw templateError('this export is made of itself', { stack: found.source.stackName, ...at });
    this.underWay.add(name);
    const value = jsonText(this.resolve(found.source, found.output.Value, at));
    this.underWay.delete(name);
    return value;
  }

  private scopeOf(source: StackSource): Scope {
    const pseudo = pseudoParameters(source, this.installation);
    return {
      ref: (name) => pseudo[name] ?? this.identity(source, name)?.ref,
      attribute: (logicalId, name) => this.identity(source, logicalId)?.attributes[name],
      importValue: (name) => {
        const exporter = this.exports.get(name)?.source.stackName;
        if (exporter !== undefined) this.imports.get(source.stackName)?.add(exporter);
        return this.exported(name);
      },
    };
  }

  private indexExports(source: StackSource): void {
    for (const [outputName, output] of Object.entries(source.template.Outputs ?? {})) {
      if (output.Export === undefined) continue;
      const at = { resource: 'Outputs', path: `${outputName}.Export.Name` };
      const name = jsonText(this.resolve(source, output.Export.Name, at)) ?? '';
      const other = this.exports.get(name)?.source.stackName;
      if (other !== undefined)
        throw templateError(`${other} exports "${name}" already`, { stack: source.stackName, ...at });
      this.exports.set(name, { source, output });
    }
  }
}

const resolveResources = (resolver: Resolver, source: StackSource): ResolvedResource[] =>
  Object.entries(source.template.Resources).map(([logicalId, { Type, Properties = {}, Condition }]) => {
    const at = { resource: logicalId, path: 'Properties' };
    if (Condition !== undefined)
      throw templateError('conditions are not supported', { stack: source.stackName, ...at });
    const properties = resolver.resolve(source, Properties, at);
    const identity = resolver.identity(source, logicalId) ?? { ref: logicalId, attributes: {} };
    return {
      ...identity,
      stack: source,
      logicalId,
      type: Type,
      properties: isJsonObject(properties) ? properties : {},
    };
  });

const resolveOutputs = (resolver: Resolver, source: StackSource): Record<string, string> =>
  Object.fromEntries(
    Object.entries(source.template.Outputs ?? {}).map(([name, output]) => {
      const at = { resource: 'Outputs', path: name };
      return [name, jsonText(resolver.resolve(source, output.Value, at)) ?? ''];
    }),
  );

const orderByImports = (imports: Map<string, Set<string>>): string[] => {
  const order = new Set<string>();
  const visit = (stack: string, path: string[]): void => {
    if (order.has(stack)) return;
    if (path.includes(stack))
      throw new PipelineError(`Stacks import from each other: ${[...path, stack].join(' -> ')}`, {
        code: 'TEMPLATE_INVALID',
        kind: 'invalid',
        details: { stacks: path },
      });
    for (const imported of imports.get(stack) ?? []) {
      if (imported !== stack) visit(imported, [...path, stack]);
    }
    order.add(stack);
  };
  for (const stack of imports.keys()) visit(stack, []);
  return [...order];
};

/** Resolves every resource and output of all stacks. Throws TEMPLATE_INVALID for what cannot be looked up. */
export const resolveStacks = (sources: StackSource[], installation: Installation): ResolvedStacks => {
  const resolver = new Resolver(sources, installation);
  const resources = sources.flatMap((source) => resolveResources(resolver, source));
  const outputs = Object.fromEntries(
    sources.map((source) => [source.stackName, resolveOutputs(resolver, source)]),
  );
  const exports = Object.fromEntries(
    [...resolver.exports.keys()].map((name) => [name, resolver.exported(name) ?? '']),
  );
  return { order: orderByImports(resolver.imports), resources, exports, outputs };
};
