import { objectAt, jsonList } from '@alluvium/local';
import { firstOf, without, type Plant, type Templates } from './templates.ts';

const policyStatement = (all: Templates, sid: string) =>
  jsonList(objectAt(all.properties('platform', 'DataBucketPolicy').PolicyDocument).Statement)
    .map((one) => objectAt(one))
    .find(({ Sid }) => Sid === sid) ?? {};

const lifecycle = (all: Templates, member: string) =>
  jsonList(objectAt(all.properties('platform', 'DataBucket').LifecycleConfiguration).Rules)
    .map((one) => objectAt(one))
    .find((rule) => member in rule) ?? {};

const ROUTE = 'AWS::ApiGatewayV2::Route';

/** Faults that lose data, let people in, or cost. */
export const resources: Readonly<Record<string, Plant>> = {
  'a bucket without versions': (all) => {
    without(all.properties('platform', 'DataBucket'), 'VersioningConfiguration');
  },
  'a bucket that is not encrypted': (all) => {
    without(all.properties('platform', 'DataBucket'), 'BucketEncryption');
  },
  'a bucket that the public may read': (all) => {
    objectAt(all.properties('platform', 'DataBucket').PublicAccessBlockConfiguration).BlockPublicPolicy =
      false;
  },
  'a bucket nobody hears of': (all) => {
    without(all.properties('platform', 'DataBucket'), 'NotificationConfiguration');
  },
  'a bucket that goes with its stack': (all) => {
    Reflect.deleteProperty(all.resource('platform', 'DataBucket'), 'DeletionPolicy');
  },
  'a bucket that takes plain HTTP': (all) => {
    policyStatement(all, 'TlsOnly').Effect = 'Allow';
  },
  'a HEAD that anybody overwrites': (all) => {
    policyStatement(all, 'ConditionalHead').Resource = { 'Fn::Sub': '${DataBucket.Arn}/indexes/HEAD' };
  },
  'a HEAD with one condition forgotten': (all) => {
    policyStatement(all, 'ConditionalHead').Condition = { Null: { 's3:if-match': 'true' } };
  },
  'old versions for a week': (all) => {
    objectAt(lifecycle(all, 'NoncurrentVersionExpiration').NoncurrentVersionExpiration).NoncurrentDays = 7;
  },
  'uploads that stay half done': (all) => {
    without(lifecycle(all, 'AbortIncompleteMultipartUpload'), 'AbortIncompleteMultipartUpload');
  },
  'indexes in the archive': (all) => {
    jsonList(objectAt(all.properties('platform', 'DataBucket').LifecycleConfiguration).Rules).push({
      Status: 'Enabled',
      Prefix: 'indexes/',
      Transitions: [{ StorageClass: 'GLACIER', TransitionInDays: 30 }],
    });
  },
  'segments that expire': (all) => {
    jsonList(objectAt(all.properties('platform', 'DataBucket').LifecycleConfiguration).Rules).push({
      Status: 'Enabled',
      Prefix: 'indexes/',
      ExpirationInDays: 30,
    });
  },
  'a table without point-in-time recovery': (all) => {
    without(all.properties('compactor', 'Compactor'), 'PointInTimeRecoverySpecification');
  },
  'a table with provisioned capacity': (all) => {
    all.properties('query', 'Tail').BillingMode = 'PROVISIONED';
  },
  'a table that goes with its stack': (all) => {
    Reflect.deleteProperty(all.resource('orchestrator', 'Orchestrator'), 'DeletionPolicy');
  },
  'a table whose items never expire': (all) => {
    objectAt(all.properties('query', 'Tail').TimeToLiveSpecification).AttributeName = 'ttl';
  },
  'a key schema of an attribute that is not defined': (all) => {
    firstOf(all.properties('query', 'Tail').KeySchema).AttributeName = 'id';
  },
  'a route for everybody': (all) => {
    all.first('orchestrator', ROUTE, (_id, { RouteKey }) => RouteKey === 'POST /ingest').AuthorizationType =
      'NONE';
  },
  'a route that leads nowhere': (all) => {
    all.first('query', ROUTE).Target = 'integrations/none';
  },
  'two routes of one name': (all) => {
    all.first('query', ROUTE, (_id, { RouteKey }) => RouteKey === 'POST /retrieve').RouteKey = 'POST /ingest';
  },
  'an API that may not invoke': (all) => {
    all.remove('query', 'HttpLambdaPermissionHttpApi');
  },
  'the old payload format': (all) => {
    all.first('query', 'AWS::ApiGatewayV2::Integration').PayloadFormatVersion = '1.0';
  },
  'an API without a throttle': (all) => {
    without(all.first('platform', 'AWS::ApiGatewayV2::Stage'), 'DefaultRouteSettings');
  },
  'a function for Intel': (all) => {
    all.properties('embed', 'OnChunksCreatedLambdaFunction').Architectures = ['x86_64'];
  },
  'a runtime that AWS gave up': (all) => {
    all.properties('chunk', 'OnDocumentsDerivedLambdaFunction').Runtime = 'nodejs16.x';
  },
  'a function that runs an hour': (all) => {
    all.properties('compactor', 'OnDoorbellLambdaFunction').Timeout = 3600;
  },
  'a log that is kept for ever': (all) => {
    without(all.properties('chunk', 'OnDocumentsDerivedLogGroup'), 'RetentionInDays');
  },
  'a secret in the environment': (all) => {
    objectAt(all.properties('ingest', 'OnScheduleLambdaFunction').Environment, 'Variables').OPENAI_API_KEY =
      'sk-1';
  },
  'reserved concurrency': (all) => {
    all.properties('query', 'HttpLambdaFunction').ReservedConcurrentExecutions = 100;
  },
  'a function that was not packaged': (all) => {
    const stack = all.stack('chunk');
    stack.zips = {};
  },
};
