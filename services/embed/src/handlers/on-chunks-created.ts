import { chunksCreatedV1, deltaCreatedV1 } from '@alluvium/contracts';
import { onQueue } from '@alluvium/lambda-kit';
import { embedPart } from '../embed-part.ts';
import type { EmbedDeps } from '../ports.ts';
import { giveUpPart } from '../submit-part.ts';
import { wire } from '../wire-model.ts';

export const makeHandler = (deps: EmbedDeps) =>
  onQueue(chunksCreatedV1, deps.runtime, (event, error) => giveUpPart(deps, event, error)).run(
    async (event, context) => {
      const created = await embedPart(deps, event, context);
      if (created !== undefined) await deps.bus.publish(deltaCreatedV1, created, event.metadata);
    },
  );

export const handler = makeHandler(wire());
