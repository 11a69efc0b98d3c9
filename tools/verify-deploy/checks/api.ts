import { jsonNumber, jsonText, objectAt, ofType, type ResolvedResource } from '@alluvium/local';
import { judge, together, type Check, type CheckResult } from '../finding.ts';

const CHECK = 'api';
const AUTHORIZED = ['CUSTOM', 'AWS_IAM'];

type Resources = readonly ResolvedResource[];

const judgeRoute = (route: ResolvedResource, routes: Resources, integrations: Resources): CheckResult => {
  const { RouteKey, AuthorizationType, Target, AuthorizerId } = route.properties;
  const key = jsonText(RouteKey) ?? '';
  const type = jsonText(AuthorizationType) ?? 'NONE';
  return judge(CHECK, route, [
    [AUTHORIZED.includes(type), `anybody may call ${key}: AuthorizationType`],
    [type !== 'CUSTOM' || AuthorizerId !== undefined, `${key} names no authorizer: AuthorizerId`],
    [integrations.some(({ ref }) => Target === `integrations/${ref}`), `nothing answers ${key}`],
    [
      routes.every((other) => other === route || other.properties.RouteKey !== RouteKey),
      `another route is ${key}, too`,
    ],
  ]);
};

const judgeStage = (stage: ResolvedResource): CheckResult => {
  const { ThrottlingRateLimit, ThrottlingBurstLimit } = objectAt(stage.properties.DefaultRouteSettings);
  return judge(CHECK, stage, [
    [(jsonNumber(ThrottlingRateLimit) ?? 0) > 0, 'it takes any number of requests: ThrottlingRateLimit'],
    [(jsonNumber(ThrottlingBurstLimit) ?? 0) > 0, 'it takes any burst: ThrottlingBurstLimit'],
  ]);
};

/** Who may call, how often, and what answers. */
export const api: Check = {
  name: CHECK,
  run: ({ resolved: { resources } }) => {
    const routes = ofType(resources, 'AWS::ApiGatewayV2::Route');
    const integrations = ofType(resources, 'AWS::ApiGatewayV2::Integration');
    const permitted = ofType(resources, 'AWS::Lambda::Permission')
      .filter(({ properties }) => properties.Principal === 'apigateway.amazonaws.com')
      .map(({ properties }) => jsonText(properties.FunctionName));
    return together([
      ...routes.map((route) => judgeRoute(route, routes, integrations)),
      ...integrations.map((integration) => {
        const { PayloadFormatVersion, IntegrationUri } = integration.properties;
        return judge(CHECK, integration, [
          [jsonText(PayloadFormatVersion) === '2.0', 'the handlers take payload format 2.0'],
          [
            permitted.includes(jsonText(IntegrationUri)),
            'the API may not invoke it: AWS::Lambda::Permission',
          ],
        ]);
      }),
      ...ofType(resources, 'AWS::ApiGatewayV2::Stage').map(judgeStage),
    ]);
  },
};
