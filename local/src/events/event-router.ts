import { randomUUID } from 'node:crypto';
import { awsError } from '../common/aws-json.ts';
import { putDelivery, type Dispatcher } from './dispatcher.ts';
import { flattenEvent, type EventFields } from './event-fields.ts';
import { isEnabled, storeKey, type EventRegistry, type Rule } from './event-registry.ts';
import type { BusEvent, Delivery } from './model.ts';
import { targetInput } from './target-input.ts';

/** Where deliveries end. */
export interface TargetPorts {
  /** Resolves once the asynchronous invocation is durably accepted. Rejects with a PipelineError of kind `invalid` for an unknown function; any other rejection is tried again. */
  invokeLambda(functionArn: string, event: unknown): Promise<void>;
  /** Resolves once the message is durable. Rejections as above. */
  sendMessage(queueArn: string, body: string, options?: TargetMessageOptions): Promise<void>;
}

/** Named as QueueService.send takes them. */
export interface TargetMessageOptions {
  attributes?: Record<string, { DataType: string; StringValue?: string }>;
  groupId?: string;
  traceHeader?: string;
}

/** An event on its way into a bus. */
export interface Arrival {
  bus: string;
  event: BusEvent;
  traceHeader?: string | undefined;
  /** Buses passed so far. */
  hops?: number;
  /** Only these rules see a replayed event; all when absent. */
  onlyRules?: string[] | undefined;
}

export type EventListener = (event: BusEvent, bus: string) => void;

/** A ring of buses that feed each other ends here. */
const MAX_HOPS = 10;

/** The time as events carry it: UTC, to the second. */
export const eventTime = (timeMs: number): string => new Date(timeMs).toISOString().replace(/\.\d+Z$/, 'Z');

/** Matches events against the rules of their bus and takes down what has to be delivered. */
export class EventRouter {
  private readonly registry: EventRegistry;
  private readonly ports: TargetPorts;
  private readonly listeners = new Set<EventListener>();
  private dispatcher: Dispatcher | undefined;

  constructor(registry: EventRegistry, ports: TargetPorts) {
    this.registry = registry;
    this.ports = ports;
  }

  /** Where accepted deliveries go; must be set before the first event. */
  connect(dispatcher: Dispatcher): void {
    this.dispatcher = dispatcher;
  }

  onEvent(listener: EventListener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Accepts events. Resolves once all their deliveries and archive copies are durable, in one batch. */
  async accept(arrivals: Arrival[]): Promise<void> {
    const deliveries: Delivery[] = [];
    const copies: { type: 'put'; key: string; value: unknown }[] = [];
    for (const arrival of arrivals) {
      const fields = flattenEvent(arrival.event);
      deliveries.push(...this.match(arrival, fields));
      copies.push(...this.archive(arrival, fields));
    }
    const changes = [...deliveries.map(putDelivery), ...copies];
    if (changes.length > 0) await this.registry.store.batch(changes);
    this.dispatcher?.add(deliveries);
    for (const { event, bus } of arrivals) for (const listener of this.listeners) listener(event, bus);
  }

  /** Sends `event` to the targets of one rule without asking its pattern, as a schedule does. */
  async fire(rule: Rule, event: BusEvent): Promise<void> {
    const deliveries = this.deliveriesOf(rule, { bus: rule.record.bus, event });
    if (deliveries.length > 0) await this.registry.store.batch(deliveries.map(putDelivery));
    this.dispatcher?.add(deliveries);
    for (const listener of this.listeners) listener(event, rule.record.bus);
  }

  /** Takes one delivery to its target. */
  async deliver({ target, payload, traceHeader, hops }: Delivery): Promise<void> {
    const service = target.Arn.split(':')[2];
    if (service === 'sqs') {
      const groupId = target.SqsParameters?.MessageGroupId;
      await this.ports.sendMessage(target.Arn, payload, {
        ...(groupId === undefined ? {} : { groupId }),
        ...(traceHeader === undefined ? {} : { traceHeader }),
      });
    } else if (service === 'lambda') await this.ports.invokeLambda(target.Arn, parsePayload(payload));
    else if (service === 'events' && target.Arn.includes(':event-bus/'))
      await this.forward(target.Arn, payload, hops);
    else throw awsError('UnknownTargetException', `Targets such as ${target.Arn} are not served locally.`);
  }

  private async forward(busArn: string, payload: string, hops: number): Promise<void> {
    const bus = this.registry.bus(busArn).name;
    if (hops >= MAX_HOPS) throw awsError('TooManyHopsException', `The event has passed ${hops} buses.`);
    await this.accept([{ bus, event: JSON.parse(payload) as BusEvent, hops: hops + 1 }]);
  }

  private match(arrival: Arrival, fields: EventFields): Delivery[] {
    return this.registry
      .rulesOf(arrival.bus)
      .filter((rule) => isEnabled(rule) && (arrival.onlyRules?.includes(rule.arn) ?? true))
      .filter((rule) => rule.pattern?.matches(fields) === true)
      .flatMap((rule) => this.deliveriesOf(rule, arrival));
  }

  private deliveriesOf({ record, arn }: Rule, { event, traceHeader, hops = 0 }: Arrival): Delivery[] {
    const acceptedAtMs = this.registry.clock.nowMs();
    const context = { ruleArn: arn, ruleName: record.name, ingestedAt: new Date(acceptedAtMs).toISOString() };
    return record.targets.map((target) => ({
      id: randomUUID(),
      ruleArn: arn,
      target,
      payload: targetInput(target, event, context),
      ...(traceHeader === undefined ? {} : { traceHeader }),
      hops,
      acceptedAtMs,
      attempts: 0,
    }));
  }

  private archive({ bus, event }: Arrival, fields: EventFields) {
    // what came out of an archive does not go in again
    if (event['replay-name'] !== undefined) return [];
    return [...this.registry.archives.values()]
      .filter(({ record, pattern }) => record.bus === bus && (pattern?.matches(fields) ?? true))
      .map(({ record }) => ({
        type: 'put' as const,
        key: storeKey('archived', record.name, event.time, event.id),
        value: event,
      }));
  }
}

/** A target with an input template may get plain text. */
const parsePayload = (payload: string): unknown => {
  try {
    return JSON.parse(payload);
  } catch {
    return payload;
  }
};
