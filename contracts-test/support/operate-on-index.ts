import type { SnapshotPublishedV1 } from '@alluvium/contracts';
import type { Installation } from './installation.ts';
import { httpRequest } from './http-requests.ts';

type Args = Record<string, unknown>;

const request = async (installation: Installation, operation: string, args: Args): Promise<void> => {
  const body = JSON.stringify({ operation, args, reason: 'A rehearsal.' });
  await installation.invoke('orchestrator', 'http', { ...httpRequest('POST', '/operations'), body });
  await installation.settle();
};

/** With so many more versions the list of them goes into a page of its own. */
const VERSIONS_A_PAGE = 32;

/** What an operator does with the versions of an index, and at last with a document: there and back, for a page of versions. */
export const operateOnIndex = async (installation: Installation): Promise<void> => {
  const published = installation.events().find(({ detailType }) => detailType === 'snapshot.published.v1');
  // Where nothing was published, something else is wrong, and a test says what.
  if (published === undefined) return;
  const { collection, index } = published.detail.data as SnapshotPublishedV1['data'];
  const args = { collection, indexPath: index.path };
  const ask = (operation: string, more: Args = {}): Promise<void> =>
    request(installation, operation, { ...args, ...more });
  await ask('tag-snapshot', { tag: 'rehearsal', note: 'Before it.' });
  for (let turn = 0; turn <= VERSIONS_A_PAGE; turn += 1)
    await ask('rollback-snapshot', { version: 1 + (turn % 2) });
  await ask('unrevert-snapshot', { version: 99 });
  const rolledBack = installation
    .events()
    .map(({ detail }) => detail.data as SnapshotPublishedV1['data'])
    .find(({ kind }) => kind === 'rollback');
  await ask('unrevert-snapshot', { version: rolledBack?.version, dryRun: true });
  await ask('break-lock');
  await ask('untag-snapshot', { tag: 'rehearsal' });
  await installation.invoke('compactor', 'onGarbageSchedule', {});
  await installation.settle();
  await request(installation, 'erase-document', {
    collection,
    documentId: 'files/document#guides/start.md',
  });
};
