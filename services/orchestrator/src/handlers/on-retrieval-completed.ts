import { retrievalCompletedV1 } from '@alluvium/contracts';
import { failureOf, onQueueOf, route } from '@alluvium/lambda-kit';
import { failChat } from '../chat/finish-chat.ts';
import { resumeChat } from '../chat/resume-chat.ts';
import type { OrchestratorDeps } from '../ports.ts';
import { wireChat } from '../wiring.ts';

export const makeHandler = (deps: OrchestratorDeps) =>
  onQueueOf(
    [
      route(
        retrievalCompletedV1,
        (event) => resumeChat(deps, event),
        ({ data }, error) => failChat(deps, data.jobId, failureOf(error)),
      ),
    ],
    deps.runtime,
  );

export const handler = makeHandler(wireChat());
