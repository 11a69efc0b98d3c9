import { onForeignEvent } from '@alluvium/lambda-kit';
import type { IngestDeps } from '../ports.ts';
import { startSources } from '../start-sources.ts';
import { wire } from '../wiring.ts';

export const makeHandler = (deps: IngestDeps) => onForeignEvent(deps.runtime).run(() => startSources(deps));

export const handler = makeHandler(wire());
