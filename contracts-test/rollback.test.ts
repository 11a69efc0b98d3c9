import { beforeEach, describe, expect, it } from '@jest/globals';
import type { OperationV1, RetrieveResponseV1, SnapshotPublishedV1 } from '@alluvium/contracts';
import { makeInstallation, type Installation } from './support/installation.ts';
import { httpRequest } from './support/http-requests.ts';
import { runUpload } from './support/scenario.ts';

const GOOD = { 'good.md': `# Good\n\n${'Otters swim in the river. '.repeat(20)}` };
const LATER = { 'later.md': `# Later\n\n${'Herons stand in the shallows. '.repeat(20)}` };

let installation: Installation;

const ask = async (service: string, request: unknown): Promise<unknown> => {
  const { answer } = await installation.invoke(service, 'http', request);
  return JSON.parse((answer as { body: string }).body) as unknown;
};

const find = async (words: string): Promise<string[]> => {
  const query = `collection=docs&mode=lexical&q=${encodeURIComponent(words)}`;
  const found = (await ask('query', httpRequest('GET', '/retrieve', query))) as RetrieveResponseV1;
  return [...new Set(found.results.map(({ documentId }) => documentId))];
};

const operate = async (operation: string, args: object): Promise<OperationV1> => {
  const body = JSON.stringify({ operation, args: { collection: 'docs', ...args } });
  const accepted = await ask('orchestrator', { ...httpRequest('POST', '/operations'), body });
  await installation.settle();
  const { operationId } = accepted as { operationId: string };
  return (await ask('orchestrator', httpRequest('GET', `/operations/${operationId}`))) as OperationV1;
};

const published = (): SnapshotPublishedV1['data'][] =>
  installation
    .events()
    .filter(({ detailType }) => detailType === 'snapshot.published.v1')
    .map(({ detail }) => detail.data as SnapshotPublishedV1['data']);

beforeEach(async () => {
  installation = await makeInstallation();
  await runUpload(installation, 'first', GOOD);
  await runUpload(installation, 'second', LATER);
});

describe('what a rollback took out', () => {
  it('is gone, and comes back when its source, which did not change, is ingested again', async () => {
    const { version } = published()[0]!;
    expect([await find('otters'), await find('herons')]).toEqual([
      ['files/document#good.md'],
      ['files/document#later.md'],
    ]);
    const done = await operate('rollback-snapshot', { version });
    expect(done).toMatchObject({ state: 'done', report: { contentSchema: 'rollback.v1' } });
    expect(published().at(-1)).toMatchObject({ kind: 'rollback' });
    expect([await find('otters'), await find('herons')]).toEqual([['files/document#good.md'], []]);
    await runUpload(installation, 'third', { ...GOOD, ...LATER });
    expect([await find('otters'), await find('herons')]).toEqual([
      ['files/document#good.md'],
      ['files/document#later.md'],
    ]);
    // What the rollback had left in place was not sent again.
    const last = published().at(-1)!;
    expect([last.kind, last.counts.documents]).toEqual(['commit', 2]);
    const derived = installation.events().findLast(({ detailType }) => detailType === 'documents.derived.v1');
    expect(derived?.detail.data).toMatchObject({ records: 1, unchanged: 1 });
  });

  it('is not sent again after an unrevert', async () => {
    await operate('rollback-snapshot', { version: published()[0]!.version });
    expect(await operate('unrevert-snapshot', {})).toMatchObject({ state: 'done' });
    expect(await find('herons')).toEqual(['files/document#later.md']);
    const before = published().length;
    await runUpload(installation, 'third', { ...GOOD, ...LATER });
    expect(published().slice(before)).toEqual([]);
  });
});
