import type { Clock } from '../common/clock.ts';
import type { Store } from '../common/store.ts';
import { compileEventPattern, type EventPattern } from './event-pattern.ts';
import { busNotFound, ruleNotFound } from './events-errors.ts';
import type { ArchiveRecord, BusRecord, ReplayRecord, RuleRecord, Tag } from './model.ts';

/** A rule with its pattern compiled. */
export interface Rule {
  record: RuleRecord;
  arn: string;
  pattern: EventPattern | undefined;
}

export interface Archive {
  record: ArchiveRecord;
  pattern: EventPattern | undefined;
}

export interface RegistryOptions {
  store: Store;
  clock: Clock;
  region: string;
  accountId: string;
}

export const DEFAULT_BUS = 'default';
const SEPARATOR = '\0';

export const storeKey = (...parts: string[]): string => parts.join(SEPARATOR);
/** All keys that begin with these parts. */
export const keyRange = (...parts: string[]) => ({
  gt: storeKey(...parts, ''),
  lt: `${storeKey(...parts)}\u0001`,
});

const compile = (text: string | undefined): EventPattern | undefined =>
  text === undefined ? undefined : compileEventPattern(text);

export const isEnabled = ({ record }: Rule): boolean => record.state !== 'DISABLED';

/** Buses, rules, archives and replays: what is configured, as opposed to what flows. */
export class EventRegistry {
  readonly store: Store;
  readonly clock: Clock;
  readonly region: string;
  readonly accountId: string;
  readonly buses = new Map<string, BusRecord>();
  readonly archives = new Map<string, Archive>();
  readonly replays = new Map<string, ReplayRecord>();
  /** By ARN. */
  readonly tags = new Map<string, Tag[]>();
  private readonly rules = new Map<string, Map<string, Rule>>();

  private constructor({ store, clock, region, accountId }: RegistryOptions) {
    this.store = store;
    this.clock = clock;
    this.region = region;
    this.accountId = accountId;
  }

  static async open(options: RegistryOptions): Promise<EventRegistry> {
    const registry = new EventRegistry(options);
    const { store, clock } = options;
    const nowMs = clock.nowMs();
    registry.buses.set(DEFAULT_BUS, { name: DEFAULT_BUS, createdAtMs: nowMs, modifiedAtMs: nowMs });
    for await (const value of store.values(keyRange('bus'))) {
      const record = value as BusRecord;
      registry.buses.set(record.name, record);
    }
    for await (const value of store.values(keyRange('rule'))) registry.addRule(value as RuleRecord);
    for await (const value of store.values(keyRange('archive'))) registry.addArchive(value as ArchiveRecord);
    for await (const value of store.values(keyRange('replay'))) {
      const record = value as ReplayRecord;
      registry.replays.set(record.name, record);
    }
    for await (const [key, value] of store.iterator(keyRange('tags')))
      registry.tags.set(key.slice(key.indexOf(SEPARATOR) + 1), value as Tag[]);
    return registry;
  }

  arn(resource: string): string {
    return `arn:aws:events:${this.region}:${this.accountId}:${resource}`;
  }

  busArn(name: string): string {
    return this.arn(`event-bus/${name}`);
  }

  ruleArn(bus: string, name: string): string {
    return this.arn(bus === DEFAULT_BUS ? `rule/${name}` : `rule/${bus}/${name}`);
  }

  /** The name in a bus name or ARN; absent means the default bus. */
  busName(nameOrArn: string | undefined): string {
    return nameOrArn === undefined ? DEFAULT_BUS : nameOrArn.replace(/^arn:.*:event-bus\//, '');
  }

  bus(nameOrArn: string | undefined): BusRecord {
    const name = this.busName(nameOrArn);
    const bus = this.buses.get(name);
    if (bus === undefined) throw busNotFound(name);
    return bus;
  }

  rulesOf(bus: string): Rule[] {
    return [...(this.rules.get(bus)?.values() ?? [])];
  }

  findRule(bus: string, name: string): Rule | undefined {
    return this.rules.get(bus)?.get(name);
  }

  rule(busNameOrArn: string | undefined, name: string): Rule {
    const bus = this.bus(busNameOrArn).name;
    const rule = this.findRule(bus, name);
    if (rule === undefined) throw ruleNotFound(name, bus);
    return rule;
  }

  async saveBus(record: BusRecord): Promise<void> {
    this.buses.set(record.name, record);
    await this.store.put(storeKey('bus', record.name), record);
  }

  async deleteBus(name: string): Promise<void> {
    this.buses.delete(name);
    await this.store.del(storeKey('bus', name));
    await this.saveTags(this.busArn(name), []);
  }

  async saveRule(record: RuleRecord): Promise<Rule> {
    const rule = this.addRule(record);
    await this.store.put(storeKey('rule', record.bus, record.name), record);
    return rule;
  }

  async deleteRule({ record, arn }: Rule): Promise<void> {
    this.rules.get(record.bus)?.delete(record.name);
    await this.store.del(storeKey('rule', record.bus, record.name));
    await this.saveTags(arn, []);
  }

  async saveArchive(record: ArchiveRecord): Promise<void> {
    this.addArchive(record);
    await this.store.put(storeKey('archive', record.name), record);
  }

  async deleteArchive(name: string): Promise<void> {
    this.archives.delete(name);
    await this.store.del(storeKey('archive', name));
    await this.store.clear(keyRange('archived', name));
  }

  async saveReplay(record: ReplayRecord): Promise<void> {
    this.replays.set(record.name, record);
    await this.store.put(storeKey('replay', record.name), record);
  }

  async saveTags(arn: string, tags: Tag[]): Promise<void> {
    this.tags.set(arn, tags);
    if (tags.length === 0) await this.store.del(storeKey('tags', arn));
    else await this.store.put(storeKey('tags', arn), tags);
  }

  private addRule(record: RuleRecord): Rule {
    const rule = {
      record,
      arn: this.ruleArn(record.bus, record.name),
      pattern: compile(record.eventPattern),
    };
    const rules = this.rules.get(record.bus) ?? new Map<string, Rule>();
    this.rules.set(record.bus, rules.set(record.name, rule));
    return rule;
  }

  private addArchive(record: ArchiveRecord): void {
    this.archives.set(record.name, { record, pattern: compile(record.eventPattern) });
  }
}
