import type { Authorizer, Route } from '../api/routes.ts';
import {
  DEFAULT_ASYNC_INVOKE,
  functionNameOf,
  type AsyncInvokeConfig,
  type EventSourceMapping,
  type FunctionConfig,
} from '../lambda/function-config.ts';
import type { ResolvedResource } from './resolve-stacks.ts';
import {
  isJsonObject,
  jsonList,
  jsonNumber,
  jsonText,
  templateError,
  type Json,
  type JsonObject,
} from './template.ts';

export type Resources = readonly ResolvedResource[];

export const ofType = (resources: Resources, type: string): ResolvedResource[] =>
  resources.filter((resource) => resource.type === type);

export const errorAt = (problem: string, { stack, logicalId }: ResolvedResource, path: string) =>
  templateError(problem, { stack: stack.stackName, resource: logicalId, path: `Properties.${path}` });

export const objectAt = (value: Json | undefined, ...path: string[]): JsonObject => {
  const found = path.reduce<Json | undefined>(
    (parent, key) => (isJsonObject(parent) ? parent[key] : undefined),
    value,
  );
  return isJsonObject(found) ? found : {};
};

const requiredText = (resource: ResolvedResource, property: string): string => {
  const text = jsonText(resource.properties[property]);
  if (text === undefined) throw errorAt('is missing', resource, property);
  return text;
};

const destination = (config: ResolvedResource, on: 'OnFailure' | 'OnSuccess'): string | undefined => {
  const arn = jsonText(objectAt(config.properties, 'DestinationConfig', on).Destination);
  if (arn !== undefined && !arn.startsWith('arn:aws:sqs:'))
    throw errorAt(`only queues can be destinations here, not ${arn}`, config, `DestinationConfig.${on}`);
  return arn;
};

const asyncInvokeOf = (resources: Resources, name: string): AsyncInvokeConfig => {
  const config = ofType(resources, 'AWS::Lambda::EventInvokeConfig').find(
    ({ properties }) => functionNameOf(jsonText(properties.FunctionName) ?? '') === name,
  );
  if (config === undefined) return DEFAULT_ASYNC_INVOKE;
  const { MaximumRetryAttempts, MaximumEventAgeInSeconds } = config.properties;
  return {
    maximumRetryAttempts: jsonNumber(MaximumRetryAttempts) ?? DEFAULT_ASYNC_INVOKE.maximumRetryAttempts,
    maximumEventAgeSeconds:
      jsonNumber(MaximumEventAgeInSeconds) ?? DEFAULT_ASYNC_INVOKE.maximumEventAgeSeconds,
    onFailure: destination(config, 'OnFailure'),
    onSuccess: destination(config, 'OnSuccess'),
  };
};

const variablesOf = (resource: ResolvedResource): Record<string, string> =>
  Object.fromEntries(
    Object.entries(objectAt(resource.properties, 'Environment', 'Variables')).map(([name, value]) => {
      const text = typeof value === 'boolean' ? String(value) : jsonText(value);
      if (text === undefined) throw errorAt('must be a text', resource, `Environment.Variables.${name}`);
      return [name, text];
    }),
  );

/** The functions of all stacks. */
export const readFunctions = (resources: Resources): FunctionConfig[] =>
  ofType(resources, 'AWS::Lambda::Function').map((resource) => {
    const { ref: name, attributes, properties, stack } = resource;
    return {
      name,
      arn: attributes.Arn ?? name,
      handler: requiredText(resource, 'Handler'),
      codeDirectory: stack.codeDirectory,
      memoryMb: jsonNumber(properties.MemorySize) ?? 128,
      timeoutSeconds: jsonNumber(properties.Timeout) ?? 3,
      environment: variablesOf(resource),
      reservedConcurrency: jsonNumber(properties.ReservedConcurrentExecutions),
      asyncInvoke: asyncInvokeOf(resources, name),
    };
  });

const DEFAULT_BATCH_SIZE = 10;

/** The event source mappings of all stacks. */
export const readMappings = (resources: Resources): EventSourceMapping[] =>
  ofType(resources, 'AWS::Lambda::EventSourceMapping').map((resource) => {
    const { properties } = resource;
    const queueArn = requiredText(resource, 'EventSourceArn');
    if (!queueArn.startsWith('arn:aws:sqs:'))
      throw errorAt(`only queues can feed functions here, not ${queueArn}`, resource, 'EventSourceArn');
    return {
      queueArn,
      functionName: functionNameOf(requiredText(resource, 'FunctionName')),
      batchSize: jsonNumber(properties.BatchSize) ?? DEFAULT_BATCH_SIZE,
      windowSeconds: jsonNumber(properties.MaximumBatchingWindowInSeconds) ?? 0,
      reportsItemFailures: jsonList(properties.FunctionResponseTypes).includes('ReportBatchItemFailures'),
      maximumConcurrency: jsonNumber(objectAt(properties, 'ScalingConfig').MaximumConcurrency),
      enabled: properties.Enabled !== false,
    };
  });

const functionBehind = (
  integration: ResolvedResource,
  property: 'IntegrationUri' | 'AuthorizerUri' = 'IntegrationUri',
): string => {
  const uri = requiredText(integration, property);
  // either the function's ARN, or API Gateway's own wrapped around it
  const arn = /(arn:[^:]*:lambda:[^:]*:\d+:function:[^/]+)/.exec(uri)?.[1];
  if (arn === undefined) throw errorAt(`only functions can answer here, not ${uri}`, integration, property);
  return functionNameOf(arn);
};

/** As long as AWS remembers a verdict when nothing is said. */
const DEFAULT_TTL_SECONDS = 300;

const readAuthorizer = (resource: ResolvedResource): Authorizer => {
  const { properties } = resource;
  const { AuthorizerType, AuthorizerPayloadFormatVersion, EnableSimpleResponses } = properties;
  if (
    AuthorizerType !== 'REQUEST' ||
    AuthorizerPayloadFormatVersion !== '2.0' ||
    EnableSimpleResponses !== true
  )
    throw errorAt('only REQUEST, payload 2.0, with simple responses works here', resource, 'AuthorizerType');
  const identityHeaders = jsonList(properties.IdentitySource).map((source) => {
    const [, name] = /^\$request\.header\.([\w-]+)$/i.exec(jsonText(source) ?? '') ?? [];
    if (name === undefined) throw errorAt('only headers identify a caller here', resource, 'IdentitySource');
    return name.toLowerCase();
  });
  const ttlSeconds = jsonNumber(properties.AuthorizerResultTtlInSeconds) ?? DEFAULT_TTL_SECONDS;
  return { functionName: functionBehind(resource, 'AuthorizerUri'), identityHeaders, ttlSeconds };
};

// IAM is not imitated on a laptop: such a route is open here.
const authorizerOf = (resources: Resources, route: ResolvedResource): { authorizer?: Authorizer } => {
  if (route.properties.AuthorizationType !== 'CUSTOM') return {};
  const id = requiredText(route, 'AuthorizerId');
  const authorizer = ofType(resources, 'AWS::ApiGatewayV2::Authorizer').find(({ ref }) => ref === id);
  if (authorizer === undefined) throw errorAt(`no authorizer "${id}"`, route, 'AuthorizerId');
  return { authorizer: readAuthorizer(authorizer) };
};

/** The routes of all stacks, on the one HTTP API. */
export const readRoutes = (resources: Resources): Route[] => {
  const integrations = ofType(resources, 'AWS::ApiGatewayV2::Integration');
  return ofType(resources, 'AWS::ApiGatewayV2::Route').map((route) => {
    const target = requiredText(route, 'Target').replace(/^integrations\//, '');
    const integration = integrations.find(({ ref, stack }) => ref === target && stack === route.stack);
    if (integration === undefined) throw errorAt(`no integration "${target}"`, route, 'Target');
    const rest = { functionName: functionBehind(integration), ...authorizerOf(resources, route) };
    const [method = '', path] = requiredText(route, 'RouteKey').split(' ');
    return path === undefined ? { method: 'ANY', path: method, ...rest } : { method, path, ...rest };
  });
};
