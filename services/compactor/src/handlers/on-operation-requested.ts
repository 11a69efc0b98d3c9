import { answerOperations } from '@alluvium/lambda-kit';
import { breakLock } from '../operations/break-lock.ts';
import { rollBackSnapshot } from '../operations/roll-back.ts';
import { tagSnapshot, untagSnapshot } from '../operations/tag-snapshot.ts';
import { unrevertSnapshot } from '../operations/unrevert.ts';
import type { OperationDeps } from '../ports.ts';
import { wireOperations } from '../wiring.ts';

/** An operator's work on an index. What deletes has functions of its own, with roles of their own. */
export const makeHandler = (deps: OperationDeps) =>
  answerOperations({
    ...deps,
    target: 'compactor',
    operations: {
      'tag-snapshot': tagSnapshot(deps),
      'untag-snapshot': untagSnapshot(deps),
      'rollback-snapshot': rollBackSnapshot(deps),
      'unrevert-snapshot': unrevertSnapshot(deps),
      'break-lock': breakLock(deps),
    },
  });

export const handler = makeHandler(wireOperations());
