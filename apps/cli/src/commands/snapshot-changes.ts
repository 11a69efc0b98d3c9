import type { Delta, DeltaRef, UnrevertOptions } from '@alluvium/vector-store';
import type { Command } from 'commander';
import { CliError, exitCodes } from '../cli-error.ts';
import { confirm } from '../confirm.ts';
import { count, print, printJson, say } from '../output.ts';
import { withLease } from '../snapshots/index-lease.ts';
import { openIndex, type OpenIndex } from '../snapshots/open-index.ts';
import { size } from '../snapshots/render.ts';
import { telling } from '../snapshots/telling.ts';

interface Options {
  collection: string;
  json?: boolean;
  yes?: boolean;
}

const partsOf = (runs: readonly { parts: readonly unknown[] }[]): number =>
  runs.reduce((sum, { parts }) => sum + parts.length, 0);

const rollBack = async (asOf: string, options: Options & { reason?: string }): Promise<void> => {
  const index = await openIndex(options.collection);
  const { diffVersions, readVersions, resolveVersion, rollback } = await import('@alluvium/vector-store');
  const { version, createdAt } = await resolveVersion(index.store, index.path, asOf);
  const current = (await readVersions(index.store, index.path))[0]?.version ?? 0;
  const { added, changed, deleted } = await diffVersions(index.store, index.path, {
    from: current,
    to: version,
    limit: 0,
  });
  say(
    `From version ${current} to what version ${version} of ${createdAt} was: ${count(added.count)} documents come back, ` +
      `${count(changed.count)} change, ${count(deleted.count)} go.`,
  );
  await confirm(`Roll "${index.collection}" back?`, options);
  const { reason } = options;
  const done = await withLease(index, 'rollback', (writer) =>
    rollback({ ...writer, to: version, ...(reason !== undefined && { reason }) }),
  );
  const { isCommitted, from, to, head, reverted } = done;
  if (options.json === true) printJson({ isCommitted, from, to, version: head.version, reverted });
  else if (!isCommitted) print(`Version ${to} is the current one; nothing was changed.`);
  else
    print(
      `Version ${head.version} has the content of version ${to}. ${count(partsOf(reverted))} deltas were taken out ` +
        'and are refused from now on; alluvium snapshots unrevert lets them in again.',
    );
};

// Where embed lays them.
const locate =
  ({ collection, store }: OpenIndex): UnrevertOptions['locate'] =>
  async (runs) => {
    const refs: DeltaRef[] = [];
    for (const { runId, attempt, parts } of runs) {
      const keys = new Set<string>();
      for await (const { key } of store.list(`embeddings/${collection}/${runId}/`)) keys.add(key);
      for (const { part, deltaId } of parts) {
        const key = `embeddings/${collection}/${runId}/${part}-${deltaId}`;
        if (keys.has(key)) refs.push({ deltaId, runId, attempt, part, key });
        else say(`Part ${part} of run ${runId} is not there any more; it stays out.`);
      }
    }
    return refs;
  };

const load =
  ({ store }: OpenIndex) =>
  async ({ key }: DeltaRef): Promise<Delta> => {
    const { decodeDelta, readObject } = await import('@alluvium/vector-store');
    return decodeDelta((await readObject(store, key))?.body ?? new Uint8Array());
  };

const letIn = async (options: Options): Promise<void> => {
  const index = await openIndex(options.collection);
  const { unrevert } = await import('@alluvium/vector-store');
  await confirm(`Apply to "${index.collection}" again what rollbacks took out?`, options);
  const done = await withLease(index, 'unrevert', (writer) =>
    unrevert({ ...writer, locate: locate(index), loadDelta: load(index) }),
  );
  const { isCommitted, head, applied, rejected } = done;
  const ids = applied.map(({ deltaId }) => deltaId);
  if (options.json === true) printJson({ isCommitted, version: head.version, applied: ids, rejected });
  else if (isCommitted) print(`Version ${head.version} has ${count(ids.length)} deltas again.`);
  else print('Nothing was let in; nothing was changed.');
};

const erase = async (ids: string[], options: Options): Promise<void> => {
  const index = await openIndex(options.collection);
  const wrong = ids.find((id) => !/^[^/]+\/[^#]+#.+$/.test(id));
  if (wrong !== undefined)
    throw new CliError(
      `"${wrong}" is no id of a document.`,
      exitCodes.usage,
      'An id is <source>/<entity>#<entityId>, as a search shows it.',
    );
  const { eraseDocuments } = await import('@alluvium/vector-store');
  say('Every version that holds one of them is dropped, and cannot be brought back.');
  await confirm(`Erase ${count(ids.length)} documents of "${index.collection}" for good?`, options);
  const report = await withLease(index, 'erase', (writer) => eraseDocuments({ ...writer, documentIds: ids }));
  if (options.json === true) {
    printJson(report);
    return;
  }
  const { deleted, versionsDropped, tagsDropped, proof, notCovered, eraseId } = report;
  print(
    `${count(deleted.objects)} objects (${size(deleted.bytes)}) were deleted with all of their versions; ` +
      `dropped: ${count(versionsDropped.length)} versions, ${count(tagsDropped.length)} tags.`,
  );
  print(`Proof: ${count(proof.records)} records of ${count(proof.segments)} segments hold nothing of them.`);
  print(`Report: ${index.path}erasures/${eraseId}.json`);
  say(`Not touched, and to be seen to: ${notCovered.join(' ')}`);
};

/** The commands of `alluvium snapshots` that make a new version. */
export const addSnapshotChanges = (add: (usage: string, description: string) => Command): void => {
  add('rollback <version>', 'make a new version with the content of an old one')
    .option('-r, --reason <text>', 'for the record')
    .option('-y, --yes', 'do not ask')
    .action(telling(rollBack));
  add('unrevert', 'apply again what rollbacks took out')
    .option('-y, --yes', 'do not ask')
    .action(telling(letIn));
  add('erase <ids...>', 'take documents out of every version, with a proof')
    .option('-y, --yes', 'do not ask')
    .action(telling(erase));
};
