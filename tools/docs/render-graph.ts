import type { EventPage } from './event-pages.ts';

const OUTSIDE = 'outside';

const nodeId = (name: string): string => name.replaceAll(/[^a-z0-9]/g, '_');

const arrows = ({ file, emittedBy, consumedBy, isExternal }: EventPage): string[] => {
  const event = `${nodeId(file.name)}["${file.name}"]`;
  const listeners = isExternal ? [...consumedBy, OUTSIDE] : consumedBy;
  return [
    ...emittedBy.map((service) => `  ${nodeId(service)} --> ${event}`),
    ...listeners.map((service) => `  ${event} --> ${nodeId(service)}`),
  ];
};

/** Who emits what to whom, as a Mermaid flowchart: rounded services, square events. */
export const renderGraph = (pages: EventPage[]): string => {
  const services = [...new Set(pages.flatMap(({ emittedBy, consumedBy }) => [...emittedBy, ...consumedBy]))];
  const parties = pages.some(({ isExternal }) => isExternal) ? [...services, OUTSIDE] : services;
  return [
    '```mermaid',
    'flowchart LR',
    ...parties.sort().map((name) => `  ${nodeId(name)}(["${name}"])`),
    ...pages.flatMap(arrows),
    '```',
  ].join('\n');
};
