import { answerOperations } from '@alluvium/lambda-kit';
import { eraseDocument } from '../operations/erase-documents.ts';
import type { OperationDeps } from '../ports.ts';
import { wireOperations } from '../wiring.ts';

/** A person's right: documents go for good. The one function that may delete what other services wrote. */
export const makeHandler = (deps: OperationDeps) =>
  answerOperations({
    ...deps,
    target: 'compactor',
    operations: { 'erase-document': eraseDocument(deps) },
  });

export const handler = makeHandler(wireOperations());
