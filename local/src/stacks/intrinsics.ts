import {
  isJsonObject,
  templateError,
  type Json,
  type JsonObject,
  type TemplateLocation,
} from './template.ts';

/** What intrinsic functions look things up in; undefined means there is no such thing. */
export interface Scope {
  /** Of a resource or a pseudo parameter. */
  ref(name: string): string | undefined;
  attribute(logicalId: string, name: string): string | undefined;
  importValue(exportName: string): string | undefined;
}

interface Resolution {
  scope: Scope;
  at: TemplateLocation;
}

type Intrinsic = (argument: Json, resolution: Resolution) => Json;

const NO_VALUE = 'AWS::NoValue';

const textOf = (value: Json | undefined, what: string, { at }: Resolution): string => {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw templateError(`${what} must be a text, not ${JSON.stringify(value)}`, at);
};

const ref = (name: string, { scope, at }: Resolution): string => {
  const found = scope.ref(name);
  if (found === undefined) throw templateError(`Ref to unknown "${name}"`, at);
  return found;
};

const getAtt = (logicalId: string, attribute: string, { scope, at }: Resolution): string => {
  const found = scope.attribute(logicalId, attribute);
  if (found === undefined) throw templateError(`unknown attribute "${logicalId}.${attribute}"`, at);
  return found;
};

const getAttOf: Intrinsic = (argument, resolution) => {
  const parts = Array.isArray(argument) ? argument : [argument];
  const text = parts.map((part) => textOf(part, 'a part of Fn::GetAtt', resolution)).join('.');
  const [logicalId = '', ...attribute] = text.split('.');
  return getAtt(logicalId, attribute.join('.'), resolution);
};

const importValue: Intrinsic = (argument, resolution) => {
  const name = textOf(resolveAt(argument, resolution), 'Fn::ImportValue', resolution);
  const found = resolution.scope.importValue(name);
  if (found === undefined) throw templateError(`no stack exports "${name}"`, resolution.at);
  return found;
};

const join: Intrinsic = (argument, resolution) => {
  const [separator, parts] = Array.isArray(argument) ? argument : [];
  const resolved = resolveAt(parts ?? null, resolution);
  if (!Array.isArray(resolved)) throw templateError('Fn::Join needs a separator and a list', resolution.at);
  return resolved
    .map((part) => textOf(part, 'a part of Fn::Join', resolution))
    .join(textOf(separator, 'the separator of Fn::Join', resolution));
};

const sub: Intrinsic = (argument, resolution) => {
  const [text, given] = Array.isArray(argument) ? argument : [argument];
  const variables = isJsonObject(given) ? given : {};
  return textOf(text, 'Fn::Sub', resolution).replace(/\$\{([^}]+)\}/g, (_, name: string) => {
    if (name.startsWith('!')) return `\${${name.slice(1)}}`;
    const variable = variables[name];
    if (variable !== undefined) return textOf(resolveAt(variable, resolution), `\${${name}}`, resolution);
    const [logicalId = '', ...attribute] = name.split('.');
    return attribute.length === 0
      ? ref(name, resolution)
      : getAtt(logicalId, attribute.join('.'), resolution);
  });
};

const INTRINSICS: Record<string, Intrinsic> = {
  Ref: (argument, resolution) => ref(textOf(argument, 'Ref', resolution), resolution),
  'Fn::GetAtt': getAttOf,
  'Fn::ImportValue': importValue,
  'Fn::Join': join,
  'Fn::Sub': sub,
};

const intrinsicOf = (value: JsonObject): [string, Json] | undefined => {
  const entries = Object.entries(value);
  const [only] = entries;
  if (entries.length !== 1 || only === undefined) return undefined;
  return only[0] === 'Ref' || only[0].startsWith('Fn::') ? only : undefined;
};

const isNoValue = (value: Json): boolean => isJsonObject(value) && value.Ref === NO_VALUE;

const within = ({ scope, at }: Resolution, key: string): Resolution => ({
  scope,
  at: { ...at, path: `${at.path}.${key}` },
});

const resolveAt = (value: Json, resolution: Resolution): Json => {
  if (Array.isArray(value)) {
    return value
      .filter((element) => !isNoValue(element))
      .map((element, index) => resolveAt(element, within(resolution, String(index))));
  }
  if (!isJsonObject(value)) return value;
  const call = intrinsicOf(value);
  if (call !== undefined) {
    const intrinsic = INTRINSICS[call[0]];
    if (intrinsic === undefined) throw templateError(`unknown intrinsic ${call[0]}`, resolution.at);
    return intrinsic(call[1], resolution);
  }
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => !isNoValue(member))
      .map(([key, member]) => [key, resolveAt(member, within(resolution, key))]),
  );
};

/**
 * The value with every intrinsic function replaced by what it stands for; AWS::NoValue removes its member.
 * Throws TEMPLATE_INVALID that names stack, resource and path.
 */
export const resolveIntrinsics = (value: Json, scope: Scope, at: TemplateLocation): Json =>
  resolveAt(value, { scope, at });
