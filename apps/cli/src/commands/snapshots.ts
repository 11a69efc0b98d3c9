import type { Command } from 'commander';
import { CliError, exitCodes } from '../cli-error.ts';
import { confirm } from '../confirm.ts';
import { count, fit, minute, print, printJson, say, tell, terminalWidth } from '../output.ts';
import { wholeNumber } from '../number-option.ts';
import { showProgress } from '../progress.ts';
import { openIndex, type OpenIndex } from '../snapshots/open-index.ts';
import { operate, reportOf } from '../snapshots/operate.ts';
import { renderDiff, renderFields, renderVersions, size } from '../snapshots/render.ts';
import { telling } from '../snapshots/telling.ts';
import { addSnapshotChanges } from './snapshot-changes.ts';

interface Options {
  collection: string;
  json?: boolean;
}

const STAGE = 'objects';

const list = async (options: Options & { all?: boolean }): Promise<void> => {
  const index = await openIndex(options.collection);
  const { readVersions } = await import('@alluvium/vector-store');
  const all = await readVersions(index.store, index.path);
  const versions = options.all === true ? all : all.filter(({ state }) => state !== 'expired');
  const { collection, path } = index;
  tell(options, { collection, indexPath: path, versions }, () => renderVersions(versions));
};

const lookAt = async ({ store, path }: OpenIndex, asOf: string) => {
  const { openSnapshot, resolveVersion } = await import('@alluvium/vector-store');
  const version = await resolveVersion(store, path, asOf);
  const snapshot = await openSnapshot(store, path, { asOf: version.version });
  return { ...snapshot?.describe(), ...version };
};

const show = async (asOf: string, options: Options): Promise<void> => {
  const index = await openIndex(options.collection);
  const found = await lookAt(index, asOf);
  const { version, state, createdAt, supersededAt, tags, change, documents, chunks } = found;
  tell(options, { collection: index.collection, indexPath: index.path, ...found }, () =>
    renderFields({
      version: `${version} (${state})`,
      created: `${minute(createdAt)} UTC`,
      'current until': supersededAt === undefined ? 'now' : `${minute(supersededAt)} UTC`,
      'made by': change ? `${change.kind} ${change.version ?? ''}`.trim() : 'publish',
      tags: tags.join(', ') || 'none',
      documents: count(documents),
      chunks: count(chunks),
      tombstones: count(found.tombstones ?? 0),
      segments: `${count(found.segments ?? 0)}, ${size(found.sizeBytes ?? 0)}`,
      fence: found.fence ?? 0,
      'publish id': found.publishId,
      'set hash': found.setHash ?? '',
    }),
  );
};

const diff = async (from: string, to: string | undefined, options: Options & { limit: string }) => {
  const { store, path } = await openIndex(options.collection);
  const { diffVersions, readVersions } = await import('@alluvium/vector-store');
  const limit = wholeNumber('--limit', options.limit, { least: 0 });
  const current = String((await readVersions(store, path))[0]?.version ?? 0);
  const found = await diffVersions(store, path, { from, to: to ?? current, limit });
  tell(options, found, () => `From ${found.from} to ${found.to}\n${renderDiff(found)}`);
};

const tag = async (
  name: string,
  asOf: string | undefined,
  options: Options & { note?: string },
): Promise<void> => {
  const index = await openIndex(options.collection);
  const { note } = options;
  const args = { tag: name, ...(asOf !== undefined && { asOf }), ...(note !== undefined && { note }) };
  const done = await operate(index, { operation: 'tag-snapshot', args });
  tell(options, await reportOf(index, done), () => done.summary ?? '');
};

const untag = async (name: string, options: Options & { yes?: boolean }): Promise<void> => {
  const index = await openIndex(options.collection);
  const { resolveVersion } = await import('@alluvium/vector-store');
  const { version } = await resolveVersion(index.store, index.path, name);
  await confirm(`Take the tag ${name} from version ${version}, which may then expire?`, options);
  const done = await operate(index, { operation: 'untag-snapshot', args: { tag: name } });
  tell(options, done, () => done.summary ?? '');
};

const verify = async (asOf: string | undefined, options: Options): Promise<void> => {
  const { store, path, collection } = await openIndex(options.collection);
  const { verifySnapshot } = await import('@alluvium/vector-store');
  const progress = showProgress([STAGE]);
  const onProgress = (done: number, total: number): void => progress.update(STAGE, done, total);
  const report = await verifySnapshot(store, path, {
    onProgress,
    ...(asOf !== undefined && { asOf }),
  }).finally(() => progress.stop());
  if (report === undefined)
    throw new CliError(`Nothing is published in the collection "${collection}".`, exitCodes.notFound);
  const { version, problems, objects, sizeBytes, counts } = report;
  if (problems.length > 0) process.exitCode = exitCodes.failed;
  if (options.json === true) {
    printJson(report);
    return;
  }
  for (const { code, message } of problems) say(fit(`${code}: ${message}`, 4 * terminalWidth()));
  if (problems.length > 0) print(`Version ${version} is broken: ${count(problems.length)} problems.`);
  else
    print(
      `Version ${version} is sound: ${count(objects)} objects, ${size(sizeBytes)}, every checksum; ` +
        `${count(counts.documents)} documents and ${count(counts.chunks)} chunks, as its books say.`,
    );
};

/** `alluvium snapshots` */
export const addSnapshots = (program: Command): void => {
  const group = program
    .command('snapshots')
    .summary('versions of a collection: look at them, name them, go back')
    .description(
      'Every publish makes a version; older ones stay for a while.\n\n' +
        'A version is named by its number, a time (2026-03-01T12:00), or a tag.\n\n' +
        'Examples:\n  alluvium snapshots ls\n  alluvium snapshots diff 41 42\n' +
        '  alluvium snapshots tag before-import\n  alluvium snapshots rollback before-import',
    );
  const add = (usage: string, description: string): Command =>
    group
      .command(usage)
      .description(description)
      .option('-c, --collection <name>', 'collection', 'docs')
      .option('--json', 'print one JSON object');
  add('ls', 'list the versions, newest first')
    .option('-a, --all', 'those as well that have expired')
    .action(telling(list));
  add('show <version>', 'tell all about a version').action(telling(show));
  add('diff <from> [to]', 'documents added, changed and deleted; to: the current version')
    .option('-n, --limit <count>', 'ids to name of each', '20')
    .action(telling(diff));
  add('tag <name> [version]', 'name a version, the current one by default, and keep it')
    .option('--note <text>', 'why')
    .action(telling(tag));
  add('untag <name>', 'take a name away').option('-y, --yes', 'do not ask').action(telling(untag));
  add('verify [version]', 'read every object of a version and check all of it').action(telling(verify));
  addSnapshotChanges(add);
};
