import { documentsDeleteRequestedV1 } from '@alluvium/contracts';
import { onEvent } from '@alluvium/lambda-kit';
import { forgetDocuments } from '../forget-documents.ts';
import type { ForgetDeps } from '../ports.ts';
import { wireForget } from '../wiring.ts';

export const makeHandler = (deps: ForgetDeps) =>
  onEvent(documentsDeleteRequestedV1, deps.runtime).run(({ data }) => forgetDocuments(deps, data));

export const handler = makeHandler(wireForget());
