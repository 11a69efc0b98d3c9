import { deltaCreatedV1, documentsDeleteRequestedV1 } from '@alluvium/contracts';
import { onEvent } from '@alluvium/lambda-kit';
import { deleteDocuments } from '../delete-documents.ts';
import type { DeletionDeps } from '../ports.ts';
import { wireDeletions } from '../wiring.ts';

export const makeHandler = (deps: DeletionDeps) =>
  onEvent(documentsDeleteRequestedV1, deps.runtime).run(async ({ data, metadata }) => {
    for (const created of await deleteDocuments(deps, data))
      await deps.bus.publish(deltaCreatedV1, created, metadata);
  });

export const handler = makeHandler(wireDeletions());
