import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  collectionV1,
  hasCode,
  isPipelineError,
  type EventContract,
  type EventDetail,
} from '@alluvium/contracts';
import { events } from '@alluvium/contracts/catalogue';
import { answeringObjects, type AnsweringObjects } from './support/answering-objects.ts';
import { generatedDetails, sensible, withUnknownFields, type Detail } from './support/generated-values.ts';
import { largestValue } from './support/largest-value.ts';
import { makeInstallation, type Installation, type Invocation } from './support/installation.ts';
import { mutantsOf } from './support/mutants.ts';
import { httpRequest } from './support/http-requests.ts';
import { playAll } from './support/scenario.ts';
import { eventSchema, exampleOf } from './support/schema-tree.ts';
import { loadServices } from './support/services.ts';

const GENERATED = 200;
const contracts = events as Record<string, EventContract<EventDetail>>;
const pairs = loadServices().flatMap(({ name: service, contract }) =>
  contract.consumes.map((event) => ({ service, event })),
);

const keysOf = (invocations: Invocation[]): Set<string> =>
  new Set(invocations.flatMap(({ emitted }) => emitted.map(({ detail }) => detail.metadata.idempotencyKey)));

// A refusal that the domain explains is an answer; a schema's refusal or a crash is a broken promise.
const broken = ({ errors }: Invocation): unknown[] =>
  errors.filter((error) => !isPipelineError(error) || hasCode(error, 'EVENT_INVALID'));

describe.each(pairs)('$service handles $event:', ({ service, event }) => {
  const contract = contracts[event]!;
  const minimal = sensible(event, exampleOf(event, 'minimal') as Detail, service);
  const full = sensible(event, exampleOf(event, 'full') as Detail, service);
  const generated = generatedDetails(event, GENERATED, service);
  let installation: Installation;
  let answering: AnsweringObjects;

  const deliver = (detail: unknown, anyDetail = false): Promise<Invocation[]> =>
    installation.deliver(service, { source: 'by-hand', detailType: event, detail }, { anyDetail });

  // An operation that fails is answered, and its failure is in the log.
  const share = event === 'operation.requested.v1' ? 0 : 1 / 8;
  const expectAccepted = async (details: Detail[], leastHandled = details.length * share): Promise<void> => {
    let [delivered, handled] = [0, 0];
    for (const detail of details) {
      expect([contract.open(detail), contract.open.errors]).toEqual([true, null]);
      answering.about(detail);
      const invocations = await deliver(detail);
      delivered += invocations.length;
      handled += invocations.filter(({ errors }) => errors.length === 0).length;
      expect({ detail, broken: invocations.flatMap(broken) }).toEqual({ detail, broken: [] });
    }
    expect(delivered).toBeGreaterThan(details.length / 2);
    expect(handled).toBeGreaterThanOrEqual(leastHandled);
  };

  // Anew for each test: what a service has handled before, it need not look at again.
  beforeEach(async () => {
    answering = answeringObjects();
    installation = await makeInstallation({ only: service, objects: answering.over });
  });

  it('accepts the examples', () => expectAccepted([minimal, full, full]));

  it('accepts the largest value that the schema allows', () =>
    expectAccepted([sensible(event, largestValue(eventSchema(event)) as Detail, service)], 0));

  it(`accepts ${GENERATED} generated values`, () => expectAccepted(generated));

  it('accepts fields that it does not know, at every level', () =>
    expectAccepted(
      [minimal, full, ...generated].map((detail) => withUnknownFields(detail, contract.fields) as Detail),
    ));

  it('refuses whatever breaks the schema, naming the place, and leaves everything as it was', async () => {
    const before = await installation.state();
    const mutants = mutantsOf(eventSchema(event), full);
    expect(mutants.length).toBeGreaterThan(30);
    for (const { what, path, value } of mutants) {
      const invocations = await deliver(value, true);
      const told = invocations.map(({ answer, emitted, deadLetters }) => ({
        what,
        answer,
        emitted,
        refused: deadLetters.map(
          ({ error }) => isPipelineError(error) && [error.code, error.details['path']],
        ),
      }));
      expect(told).toEqual(
        told.map(({ answer }) => ({
          what,
          answer: answer === undefined ? undefined : { batchItemFailures: [] },
          emitted: [],
          refused: [['EVENT_INVALID', path]],
        })),
      );
      expect(told.length).toBeGreaterThan(0);
    }
    expect(await installation.state()).toEqual(before);
  });

  it('does the same once and twice', async () => {
    for (const detail of [full, ...generated.slice(0, 10)]) {
      answering.about(detail);
      const first = await deliver(detail);
      const state = await installation.state();
      const second = await deliver(detail);
      expect(await installation.state()).toEqual(state);
      expect(keysOf([...first, ...second])).toEqual(keysOf(first));
    }
  });
});

describe('after everything has happened', () => {
  let installation: Installation;

  beforeAll(async () => {
    installation = await makeInstallation();
    await playAll(installation);
  });

  it.each(pairs)('$service that hears of $event again changes nothing', async ({ service, event }) => {
    const heard = installation.events().filter(({ detailType }) => detailType === event);
    expect(heard.length).toBeGreaterThan(0);
    const known = keysOf(installation.invocations);
    const before = await installation.state();
    for (const again of heard) await installation.deliver(service, again);
    await installation.settle();
    expect(await installation.state()).toEqual(before);
    expect(keysOf(installation.invocations)).toEqual(known);
  });
});

describe('the document of a collection', () => {
  it.each([
    ['orchestrator', '/collections', ''],
    ['query', '/retrieve', 'collection=docs&q=river'],
  ])('is read by %s with fields that it does not know', async (service, path, query) => {
    const installation = await makeInstallation();
    // Without an index that answers, nothing but the document is looked at.
    const {
      active: _active,
      deletedAt: _deletedAt,
      ...document
    } = exampleOf('collection.v1', 'full') as Record<string, unknown>;
    const written = withUnknownFields({ ...document, collection: 'docs' }, collectionV1.fields);
    await installation.store.put('collections/docs.json', Buffer.from(JSON.stringify(written)));
    const { answer } = await installation.invoke(service, 'http', httpRequest('GET', path, query));
    expect(answer).toMatchObject({ statusCode: 200 });
  });
});
