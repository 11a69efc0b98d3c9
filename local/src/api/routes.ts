/** A Lambda authorizer of an HTTP API: type REQUEST, payload format 2.0, simple responses. */
export interface Authorizer {
  functionName: string;
  /** Lower-case names of the headers that must be there; what is cached is cached by their values. */
  identityHeaders: string[];
  ttlSeconds: number;
}

/** One route of an HTTP API and the function behind it. */
export interface Route {
  /** An HTTP method, or `ANY`. */
  method: string;
  /** `/status/{jobId}`, `/{proxy+}` or `$default`. */
  path: string;
  functionName: string;
  /** Whoever asks is let through when absent. */
  authorizer?: Authorizer;
}

/** The route that a request takes. */
export interface RouteMatch {
  functionName: string;
  authorizer?: Authorizer;
  /** `GET /status/{jobId}` or `$default` */
  routeKey: string;
  /** Values of the path variables; absent when the path has none. */
  pathParameters?: Record<string, string>;
}

export type Router = (method: string, path: string) => RouteMatch | undefined;

const DEFAULT = '$default';

interface CompiledRoute {
  route: Route;
  segments: string[];
  /** Compared member by member: the smaller comes first. */
  rank: number[];
}

const isGreedy = (segment: string | undefined): boolean => segment?.endsWith('+}') === true;
const isVariable = (segment: string): boolean => segment.startsWith('{') && segment.endsWith('}');

const segmentRank = (segment: string): number => (isGreedy(segment) ? 2 : isVariable(segment) ? 1 : 0);

const kindRank = ({ path }: Route): number => {
  if (path === DEFAULT) return 2;
  return path.endsWith('+}') ? 1 : 0;
};

/** AWS tries full matches, then greedy ones, then $default; of those the most literal; then the method before ANY. */
const compile = (route: Route): CompiledRoute => {
  const segments = route.path === DEFAULT ? [] : route.path.slice(1).split('/');
  const methodRank = route.method.toUpperCase() === 'ANY' ? 1 : 0;
  return { route, segments, rank: [kindRank(route), ...segments.map(segmentRank), methodRank] };
};

const compareRanks = (left: CompiledRoute, right: CompiledRoute): number => {
  for (const [position, rank] of left.rank.entries()) {
    const difference = rank - (right.rank[position] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
};

const nameOf = (variable: string): string => variable.replace(/^\{|\+?\}$/g, '');

const matchPath = ({ route, segments }: CompiledRoute, path: string): Record<string, string> | undefined => {
  if (route.path === DEFAULT) return {};
  const parts = path.slice(1).split('/');
  const greedy = isGreedy(segments.at(-1));
  if (greedy ? parts.length < segments.length : parts.length !== segments.length) return undefined;
  const values: Record<string, string> = {};
  for (const [position, segment] of segments.entries()) {
    const value = isGreedy(segment) ? parts.slice(position).join('/') : (parts[position] ?? '');
    if (!isVariable(segment)) {
      if (segment !== value) return undefined;
    } else if (value === '') return undefined;
    else values[nameOf(segment)] = value;
  }
  return values;
};

const acceptsMethod = ({ method, path }: Route, wanted: string): boolean =>
  path === DEFAULT || method.toUpperCase() === 'ANY' || method.toUpperCase() === wanted;

const describeMatch = ({ route }: CompiledRoute, values: Record<string, string>): RouteMatch => ({
  functionName: route.functionName,
  ...(route.authorizer === undefined ? {} : { authorizer: route.authorizer }),
  routeKey: route.path === DEFAULT ? DEFAULT : `${route.method.toUpperCase()} ${route.path}`,
  ...(Object.keys(values).length === 0 ? {} : { pathParameters: values }),
});

/** Makes a router with the priorities of an HTTP API. Paths are matched decoded and to the letter: `/a/` is not `/a`. */
export const makeRouter = (routes: Route[]): Router => {
  const compiled = routes.map(compile).sort(compareRanks);
  return (method, path) => {
    for (const candidate of compiled) {
      const values = acceptsMethod(candidate.route, method) ? matchPath(candidate, path) : undefined;
      if (values !== undefined) return describeMatch(candidate, values);
    }
    return undefined;
  };
};
