import { PipelineError } from '@alluvium/contracts';
import { isRetryable, onForeignEvent } from '@alluvium/lambda-kit';
import type { IngestDeps } from '../ports.ts';
import { receiveObject } from '../receive-object.ts';
import { wire } from '../wiring.ts';

/** What S3 tells of a new object, as far as it is read here. */
interface ObjectCreated {
  detail?: { object?: { key?: unknown } };
}

const keyOf = ({ detail }: ObjectCreated): string => {
  const key = detail?.object?.key;
  if (typeof key === 'string') return key;
  throw new PipelineError('The event names no object', {
    code: 'EVENT_INVALID',
    kind: 'invalid',
    details: { path: '/detail/object/key' },
  });
};

export const makeHandler = (deps: IngestDeps) =>
  onForeignEvent<ObjectCreated>(deps.runtime).run(async (event) => {
    try {
      await receiveObject(deps, keyOf(event));
    } catch (error) {
      if (isRetryable(error)) throw error;
      deps.runtime.logger.error('The upload was refused', { error: error as Error });
      await deps.runtime.deadLetters.send(event, error);
    }
  });

export const handler = makeHandler(wire());
