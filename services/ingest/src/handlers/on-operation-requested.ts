import { answerOperations } from '@alluvium/lambda-kit';
import { pauseSource, resumeSource } from '../hold-source.ts';
import type { StartDeps } from '../ports.ts';
import { wireStart } from '../wiring.ts';

/** What operators ask of sources. */
export const makeHandler = (
  deps: Pick<StartDeps, 'runtime' | 'bus' | 'idempotency' | 'controls' | 'inbox'>,
) =>
  answerOperations({
    ...deps,
    target: 'ingest',
    operations: { pause: pauseSource(deps), resume: resumeSource(deps) },
  });

export const handler = makeHandler(wireStart());
