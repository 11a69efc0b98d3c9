import { existsSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { documents, events } from '@alluvium/contracts/catalogue';
import { documentsFromOutside } from './support/owners.ts';
import {
  detailTypesOf,
  exportsOf,
  importsIn,
  isForeign,
  loadProvider,
  loadServices,
  resourcesOf,
  statementsFor,
  type Service,
} from './support/services.ts';

const services = loadServices();
const declaredBy = (field: 'consumes' | 'emits' | 'reads' | 'writes'): string[] =>
  services.flatMap(({ contract }) => contract[field]);
const ownRules = ({ rules }: Service) => rules.filter((rule) => !isForeign(rule) && !rule.scheduled);

describe.each(services)('$name', (service) => {
  const { contract, rules } = service;

  it('lets through exactly the events it declares to consume', () => {
    const routed = [...new Set(ownRules(service).flatMap(detailTypesOf))].sort();
    expect(routed).toEqual([...contract.consumes].sort());
  });

  it('matches by detail-type, so that an event made by hand works', () => {
    for (const rule of ownRules(service)) expect(rule.pattern).not.toHaveProperty('source');
  });

  it('names only events that have a schema', () => {
    const unknown = [...contract.consumes, ...contract.emits].filter((name) => !(name in events));
    expect(unknown).toEqual([]);
  });

  it('names only objects that have a schema', () => {
    const unknown = [...contract.reads, ...contract.writes].filter((name) => !(name in documents));
    expect(unknown).toEqual([]);
  });

  it('listens to its own events on the own bus, to AWS and the clock on the default bus', () => {
    for (const rule of rules)
      expect([rule.name, rule.ownBus]).toEqual([rule.name, !(isForeign(rule) || rule.scheduled)]);
  });

  it('gives every rule retries and dead letters', () => {
    for (const { name, targets } of rules) {
      expect(targets.length).toBeGreaterThan(0);
      for (const target of targets) {
        expect([name, target.deadLetters]).toEqual([name, 'DeadLetters']);
        expect([name, target.maximumRetryAttempts]).toEqual([name, expect.any(Number)]);
      }
    }
  });

  it('lets EventBridge write to every queue a rule sends to', () => {
    const used = new Set(
      rules.flatMap(({ targets }) => targets.flatMap(({ queue, deadLetters }) => [queue, deadLetters])),
    );
    const allowed = resourcesOf(service, 'AWS::SQS::QueuePolicy').flatMap(([, { Queues }]) =>
      (Queues as { Ref: string }[]).map(({ Ref }) => Ref),
    );
    const writable = resourcesOf(service, 'AWS::SQS::QueuePolicy')
      .flatMap(([, policy]) => statementsFor(policy, 'sqs:SendMessage'))
      .flatMap(({ resources }) => resources);
    for (const queue of used) {
      if (queue === undefined) continue;
      expect(allowed).toContain(queue);
      expect(writable).toContainEqual({ GetAtt: `${queue}.Arn` });
    }
  });

  it('gives a function that a rule invokes a place for its own failures', () => {
    const invoked = new Set(rules.flatMap(({ targets }) => targets.map(({ functionName }) => functionName)));
    for (const [name, definition] of Object.entries(service.file.functions ?? {})) {
      const pascal = name.charAt(0).toUpperCase() + name.slice(1);
      if (invoked.has(name) || invoked.has(pascal))
        expect([name, definition.destinations]).toEqual([name, expect.anything()]);
    }
  });

  it('has the source of every function', () => {
    for (const { handler } of Object.values(service.file.functions ?? {})) {
      const [, file] = /^dist\/([a-z-]+)\/index\.handler$/.exec(handler) ?? [];
      const source = new URL(`../services/${service.name}/src/handlers/${file}.ts`, import.meta.url);
      expect([handler, existsSync(source)]).toEqual([handler, true]);
    }
  });

  it('gives every function its own role', () => {
    for (const definition of Object.values(service.file.functions ?? {}))
      expect(definition.role).toEqual(expect.any(String));
  });

  it('may put events of its own source alone', () => {
    const statements = statementsFor(service.file.resources, 'events:PutEvents');
    const own = { 'ForAllValues:StringEquals': { 'events:source': [service.name] } };
    for (const { condition } of statements) expect(condition).toEqual(own);
    expect(statements.length > 0).toBe(contract.emits.length > 0);
    if (service.file.functions !== undefined) expect(service.file.custom?.name).toBe(service.name);
  });

  it('asks for an API key on every route', () => {
    const routes = Object.values(service.file.functions ?? {}).flatMap(({ events = [] }) =>
      events.flatMap(({ httpApi }) => (httpApi === undefined ? [] : [httpApi as Record<string, unknown>])),
    );
    const id = { ImportValue: 'alluvium-${sls:stage}-HttpApiAuthorizerId' };
    for (const { path, authorizer } of routes)
      expect([path, authorizer]).toEqual([path, { type: 'request', id }]);
  });

  it('reports the messages of a batch one by one', () => {
    for (const [name, { events = [] }] of Object.entries(service.file.functions ?? {})) {
      const queues = events.flatMap((event) => (event['sqs'] === undefined ? [] : [event['sqs']]));
      for (const queue of queues)
        expect([name, queue]).toEqual([
          name,
          expect.objectContaining({ functionResponseType: 'ReportBatchItemFailures' }),
        ]);
    }
  });

  it('redrives every work queue and hides messages for six times the timeout', () => {
    const timeouts = Object.values(service.file.functions ?? {}).flatMap(({ timeout = 30, events = [] }) =>
      events.flatMap((event) => {
        const sqs = event['sqs'] as { arn: { GetAtt: string } } | undefined;
        return sqs === undefined ? [] : [[sqs.arn.GetAtt.replace(/\.Arn$/, ''), timeout] as const];
      }),
    );
    const queues = new Map(resourcesOf(service, 'AWS::SQS::Queue'));
    for (const [queue, timeout] of timeouts) {
      const properties = queues.get(queue)!;
      expect([queue, properties['RedrivePolicy']]).toEqual([
        queue,
        expect.objectContaining({ maxReceiveCount: 5 }),
      ]);
      expect(properties['VisibilityTimeout']).toBeGreaterThanOrEqual(6 * timeout);
    }
  });
});

describe('the services together', () => {
  it('consume nothing that nobody emits', () => {
    expect(declaredBy('consumes').filter((name) => !declaredBy('emits').includes(name))).toEqual([]);
  });

  it('read nothing that nobody writes', () => {
    const written = [...declaredBy('writes'), ...documentsFromOutside()];
    expect(declaredBy('reads').filter((name) => !written.includes(name))).toEqual([]);
  });

  it('emit nothing that nobody listens to, but what is announced to the outside', () => {
    const internal = Object.values(events).filter(({ audience }) => audience === 'services');
    const unheard = internal.filter(({ name }) => !declaredBy('consumes').includes(name));
    expect(unheard.map(({ name }) => name)).toEqual([]);
  });

  it('import only what one of them exports', () => {
    const imported = [loadProvider(), ...services.map(({ file }) => file)].flatMap(importsIn);
    const exported = services.flatMap(exportsOf);
    expect(imported.length).toBeGreaterThan(0);
    expect(imported.filter((name) => !exported.includes(name))).toEqual([]);
  });

  it('leave no event without a producer', () => {
    expect(Object.keys(events).filter((name) => !declaredBy('emits').includes(name))).toEqual([]);
  });
});
