import {
  makeEvent,
  type EventCause,
  type EventContract,
  type EventDetail,
  type EventOrigin,
  type OutgoingEvent,
} from '@alluvium/contracts';
import type { EventBus } from '@alluvium/lambda-kit';

/** A bus that keeps what was put on it; every event is built and validated as in production. */
export interface RecordingBus extends EventBus {
  readonly events: OutgoingEvent[];
  /** Data of the recorded events of one contract, in order. */
  dataOf<Detail extends EventDetail>(contract: EventContract<Detail>): Detail['data'][];
}

/** A bus without a network. */
export const recordingBus = (origin: EventOrigin): RecordingBus => {
  const events: OutgoingEvent[] = [];
  return {
    events,
    dataOf: <Detail extends EventDetail>(contract: EventContract<Detail>) =>
      events
        .filter(({ detailType }) => detailType === contract.name)
        .map(({ detail }) => detail.data as Detail['data']),
    publish: async <Detail extends EventDetail>(
      contract: EventContract<Detail>,
      data: Detail['data'],
      cause: EventCause,
    ) => {
      events.push(makeEvent(contract, data, cause, origin));
    },
    publishAll: async (more) => {
      events.push(...more);
    },
  };
};
