import type { OperationTable } from '../common/aws-json.ts';
import { DEFAULT_BUS, type EventRegistry } from './event-registry.ts';
import { alreadyExists, constraintError, notFound, required, validationError } from './events-errors.ts';
import type { BusRecord, Tag } from './model.ts';

export interface PageRequest {
  Limit?: number;
  NextToken?: string;
}

/** Cuts a page out of a list; the token is the index the next one begins at. */
export const pageOf = <T>(items: T[], { Limit = 100, NextToken }: PageRequest) => {
  const start = NextToken === undefined ? 0 : Number(Buffer.from(NextToken, 'base64').toString());
  if (!Number.isInteger(start)) throw validationError('Parameter NextToken is not valid.');
  const end = start + Limit;
  const next = end < items.length ? { NextToken: Buffer.from(String(end)).toString('base64') } : {};
  return { items: items.slice(start, end), next };
};

export const seconds = (timeMs: number): number => timeMs / 1000;

const describeBus = (
  registry: EventRegistry,
  { name, description, createdAtMs, modifiedAtMs }: BusRecord,
) => ({
  Name: name,
  Arn: registry.busArn(name),
  ...(description === undefined ? {} : { Description: description }),
  CreationTime: seconds(createdAtMs),
  LastModifiedTime: seconds(modifiedAtMs),
});

const createBus = async (
  registry: EventRegistry,
  input: { Name?: string; Description?: string; Tags?: Tag[] },
): Promise<object> => {
  const name = required(input.Name, 'name');
  if (!/^[/.\-_A-Za-z0-9]{1,256}$/.test(name))
    throw constraintError(name, 'name', 'satisfy regular expression pattern: [/\\.\\-_A-Za-z0-9]+');
  if (name.startsWith('aws.')) throw validationError('Event bus name must not start with aws.');
  if (registry.buses.has(name)) throw alreadyExists(`Event bus ${name}`);
  const nowMs = registry.clock.nowMs();
  const description = input.Description === undefined ? {} : { description: input.Description };
  await registry.saveBus({ name, ...description, createdAtMs: nowMs, modifiedAtMs: nowMs });
  if (input.Tags !== undefined) await registry.saveTags(registry.busArn(name), input.Tags);
  return {
    EventBusArn: registry.busArn(name),
    ...(input.Description === undefined ? {} : { Description: input.Description }),
  };
};

const deleteBus = async (registry: EventRegistry, input: { Name?: string }): Promise<object> => {
  const name = registry.busName(required(input.Name, 'name'));
  if (name === DEFAULT_BUS) throw validationError('Cannot delete event bus default.');
  if (registry.rulesOf(name).length > 0)
    throw validationError("Event bus can't be deleted since it has rules.");
  await registry.deleteBus(name);
  return {};
};

const updateBus = async (
  registry: EventRegistry,
  input: { Name?: string; Description?: string },
): Promise<object> => {
  const { description: _, ...bus } = registry.bus(input.Name);
  const description = input.Description === undefined ? {} : { description: input.Description };
  await registry.saveBus({ ...bus, ...description, modifiedAtMs: registry.clock.nowMs() });
  return {
    Name: bus.name,
    Arn: registry.busArn(bus.name),
    ...(input.Description === undefined ? {} : { Description: input.Description }),
  };
};

/** Tags belong to buses and rules that exist. */
const checkTaggable = (registry: EventRegistry, arn: string): void => {
  const [, kind, path = ''] = /:(event-bus|rule)\/(.+)$/.exec(arn) ?? [];
  const [first = '', second] = path.split('/');
  const isPresent =
    kind === 'event-bus'
      ? registry.buses.has(path)
      : registry.findRule(second === undefined ? DEFAULT_BUS : first, second ?? first) !== undefined;
  if (!isPresent) throw notFound(arn);
};

const tagOperations = (registry: EventRegistry): OperationTable => ({
  TagResource: async (input: { ResourceARN?: string; Tags?: Tag[] }) => {
    const arn = required(input.ResourceARN, 'resourceARN');
    checkTaggable(registry, arn);
    const added = input.Tags ?? [];
    const kept = (registry.tags.get(arn) ?? []).filter(({ Key }) => !added.some((tag) => tag.Key === Key));
    await registry.saveTags(arn, [...kept, ...added]);
    return {};
  },
  UntagResource: async (input: { ResourceARN?: string; TagKeys?: string[] }) => {
    const arn = required(input.ResourceARN, 'resourceARN');
    checkTaggable(registry, arn);
    const kept = (registry.tags.get(arn) ?? []).filter(({ Key }) => !input.TagKeys?.includes(Key));
    await registry.saveTags(arn, kept);
    return {};
  },
  ListTagsForResource: (input: { ResourceARN?: string }) => {
    const arn = required(input.ResourceARN, 'resourceARN');
    checkTaggable(registry, arn);
    return { Tags: registry.tags.get(arn) ?? [] };
  },
});

/** Event buses and tags. */
export const busOperations = (registry: EventRegistry): OperationTable => ({
  CreateEventBus: (input: { Name?: string }) => createBus(registry, input),
  DeleteEventBus: (input: { Name?: string }) => deleteBus(registry, input),
  UpdateEventBus: (input: { Name?: string }) => updateBus(registry, input),
  DescribeEventBus: (input: { Name?: string }) => describeBus(registry, registry.bus(input.Name)),
  ListEventBuses: (input: PageRequest & { NamePrefix?: string }) => {
    const buses = [...registry.buses.values()].filter(({ name }) => name.startsWith(input.NamePrefix ?? ''));
    const { items, next } = pageOf(buses, input);
    return { EventBuses: items.map((bus) => describeBus(registry, bus)), ...next };
  },
  ...tagOperations(registry),
});
