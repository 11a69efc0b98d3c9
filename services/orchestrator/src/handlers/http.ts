import { httpHandler } from '@alluvium/lambda-kit';
import { ACCESS } from '../access.ts';
import type { OrchestratorDeps } from '../ports.ts';
import { chatRoutes } from '../routes/chat-routes.ts';
import { collectionRoutes } from '../routes/collection-routes.ts';
import { jobRoutes } from '../routes/job-routes.ts';
import { operationRoutes } from '../routes/operation-routes.ts';
import { wire } from '../wiring.ts';

export const makeHandler = (deps: OrchestratorDeps) =>
  httpHandler(
    deps.runtime,
    (router) => {
      for (const define of [jobRoutes, operationRoutes, collectionRoutes, chatRoutes]) define(router, deps);
    },
    ACCESS,
  );

export const handler = makeHandler(wire());
