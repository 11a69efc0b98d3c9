import { httpHandler } from '@alluvium/lambda-kit';
import { ACCESS } from '../access.ts';
import type { HttpDeps } from '../ports.ts';
import { sourceRoutes } from '../routes/source-routes.ts';
import { wireHttp } from '../wiring.ts';

export const makeHandler = (deps: HttpDeps) =>
  httpHandler(deps.runtime, (router) => sourceRoutes(router, deps), ACCESS);

export const handler = makeHandler(wireHttp());
