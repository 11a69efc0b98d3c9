import type { EventPage } from './event-pages.ts';

/** Bus of the stage `dev`; another stage has another name. */
const BUS_NAME = 'alluvium-dev';

/** Source of an event that a person puts: rules match the detail-type, so any but `aws.*` will do. */
const SOURCE = 'by-hand';

const shellQuote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** A command that puts the event's smallest example on the bus, to be pasted into a shell as it is. */
export const putEventsCommand = ({ file, minimal }: EventPage): string => {
  const entry = {
    EventBusName: BUS_NAME,
    Source: SOURCE,
    DetailType: file.name,
    Detail: JSON.stringify(minimal),
  };
  return `aws events put-events --entries ${shellQuote(JSON.stringify([entry]))}`;
};
