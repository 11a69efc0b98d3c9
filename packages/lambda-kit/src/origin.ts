import { randomBytes } from 'node:crypto';
import type { EventOrigin } from '@alluvium/contracts';
import { ulid } from 'ulid';

/** Time and ids of the running process, for events of `<service>@<version>`. */
export const systemOrigin = (service: string, version: string): EventOrigin => ({
  producer: `${service}@${version}`,
  nowMs: () => Date.now(),
  newEventId: () => ulid(),
  newTraceId: () => randomBytes(16).toString('hex'),
});
