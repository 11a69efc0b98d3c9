import { answerOperations } from '@alluvium/lambda-kit';
import { pauseSource, resumeSource } from '../hold-source.ts';
import type { HoldDeps } from '../ports.ts';
import { wireHold } from '../wiring.ts';

/** What operators ask of sources. */
export const makeHandler = (deps: HoldDeps) =>
  answerOperations({
    ...deps,
    target: 'ingest',
    operations: { pause: pauseSource(deps), resume: resumeSource(deps) },
  });

export const handler = makeHandler(wireHold());
