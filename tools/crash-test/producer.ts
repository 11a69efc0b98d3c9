import { deltaCreatedV1, makeEvent, type OutgoingEvent, type PointerV1 } from '@alluvium/contracts';
import { eventBridgeClient, eventBus, systemOrigin } from '@alluvium/lambda-kit';
import { encodeDelta } from '@alluvium/vector-store';
import { storedDelta, type Announcement, type PlannedDelta } from './plan.ts';
import { untilDone, type World } from './world.ts';

/** Writes deltas and announces them, as embed does. */
export interface Producer {
  /** Takes on more; resolves when the stack has accepted them all. Error: it is away for minutes. */
  produce(announcements: readonly Announcement[]): Promise<void>;
  /** Events that the stack has accepted. */
  accepted(): number;
}

const origin = systemOrigin('embed', '0.1.0');

const store = ({ objects }: World, planned: PlannedDelta): Promise<PointerV1> => {
  const { collection, runId, part, deltaId } = planned.delta;
  const key = `embeddings/${collection}/${runId}/${part}-${deltaId}`;
  const bytes =
    planned.poison === 'garbage' ? Buffer.from(`no delta at ${key}`) : encodeDelta(storedDelta(planned));
  return objects.writeBytes('delta.v1', key, bytes);
};

/** The event of an announcement; poison of two kinds spoils it. */
export const eventOf = ({ planned, attempt }: Announcement, delta: PointerV1): OutgoingEvent => {
  const { runId, part, collection, deltaId, model, documents } = planned.delta;
  const path = planned.poison === 'index' ? planned.indexPath.replace('tiny@', 'huge@') : planned.indexPath;
  const data = {
    ...{ runId, attempt, part, collection, deltaId, delta },
    index: { path, modelId: model.id, dims: model.dims },
    documents: documents.length,
    records: documents.reduce((sum, { chunks }) => sum + chunks.length, 0),
  };
  const event = makeEvent(deltaCreatedV1, data, { correlationId: runId }, origin);
  if (planned.poison !== 'event') return event;
  return { ...event, detail: { ...event.detail, data: { ...data, collection: 'No Such Name' } } };
};

/** A producer that does not give up while the stack is away. */
export const startProducer = (world: World): Producer => {
  const bus = eventBus({
    client: eventBridgeClient(),
    busName: process.env['EVENT_BUS_NAME'] ?? '',
    origin,
  });
  let accepted = 0;
  const announce = async (announcement: Announcement): Promise<void> => {
    await untilDone(async () => {
      const pointer = await store(world, announcement.planned);
      await bus.publishAll([eventOf(announcement, pointer)]);
    });
    accepted += 1;
  };
  // One after the other, over all calls: they are out of order already.
  let last = Promise.resolve();
  return {
    accepted: () => accepted,
    produce: (announcements) => {
      last = last.then(async () => {
        for (const announcement of announcements) await announce(announcement);
      });
      return last;
    },
  };
};
