import type { ErasureV1, RollbackV1 } from '@alluvium/contracts';
import type { Command } from 'commander';
import { CliError, exitCodes } from '../cli-error.ts';
import { confirm } from '../confirm.ts';
import { count, print, printJson, say, tell } from '../output.ts';
import { openIndex, type OpenIndex } from '../snapshots/open-index.ts';
import { operate, reportOf, type Asked } from '../snapshots/operate.ts';
import { size } from '../snapshots/render.ts';
import { telling } from '../snapshots/telling.ts';

interface Options {
  collection: string;
  json?: boolean;
  yes?: boolean;
  reason?: string;
}

const withReason = ({ reason }: Options, asked: Asked): Asked => ({
  ...asked,
  ...(reason !== undefined && { reason }),
});

/** Says what an operation would do. */
const foretell = async (index: OpenIndex, { operation, args }: Asked): Promise<void> => {
  const { summary } = await operate(index, { operation, args: { ...args, dryRun: true } });
  say(summary ?? '');
};

const rollBack = async (asOf: string, options: Options): Promise<void> => {
  const index = await openIndex(options.collection);
  const { resolveVersion } = await import('@alluvium/vector-store');
  const { version } = await resolveVersion(index.store, index.path, asOf);
  const asked = withReason(options, { operation: 'rollback-snapshot', args: { version } });
  await foretell(index, asked);
  await confirm(`Roll "${index.collection}" back?`, options);
  const done = await operate(index, asked);
  const report = (await reportOf(index, done)) as RollbackV1 | undefined;
  tell(options, { isCommitted: report !== undefined, to: version, ...report }, () => {
    const undo = report === undefined ? [] : ['alluvium snapshots unrevert lets in what was taken out.'];
    return [done.summary ?? '', ...undo].join('\n');
  });
};

const letIn = async (options: Options): Promise<void> => {
  const index = await openIndex(options.collection);
  const asked = withReason(options, { operation: 'unrevert-snapshot' });
  await foretell(index, asked);
  await confirm(`Apply to "${index.collection}" again what rollbacks took out?`, options);
  const done = await operate(index, asked);
  tell(options, done, () => done.summary ?? '');
};

type EraseOptions = Options & { source?: string; entity?: string; where?: string };

/** Of one operation: its event has room for no more. */
const IDS_AT_ONCE = 5;

const filterOf = ({ source, entity, where }: EraseOptions) => {
  const [, attribute, value] = /^([^=]+)=(.+)$/s.exec(where ?? '') ?? [];
  if (where !== undefined && (attribute === undefined || value === undefined))
    throw new CliError(`--where ${where} is not <attribute>=<value>.`, exitCodes.usage);
  return {
    ...(source !== undefined && { source }),
    ...(entity !== undefined && { entity }),
    ...(attribute !== undefined && value !== undefined && { attribute, value }),
  };
};

const requestsOf = (ids: readonly string[], options: EraseOptions): Asked[] => {
  const filter = filterOf(options);
  const hasFilter = Object.keys(filter).length > 0;
  if (hasFilter === ids.length > 0)
    throw new CliError(
      'Name documents by their ids, or by --source, --entity and --where; not by both.',
      exitCodes.usage,
    );
  const wrong = ids.find((id) => !/^[^/]+\/[^#]+#.+$/s.test(id));
  if (wrong !== undefined)
    throw new CliError(
      `"${wrong}" is no id of a document.`,
      exitCodes.usage,
      'An id is <source>/<entity>#<entityId>, as a search shows it.',
    );
  const ask = (args: Asked['args'] = {}): Asked => withReason(options, { operation: 'erase-document', args });
  if (hasFilter) return [ask({ filter })];
  const slices = Array.from({ length: Math.ceil(ids.length / IDS_AT_ONCE) }, (_, slice) =>
    ids.slice(slice * IDS_AT_ONCE, (slice + 1) * IDS_AT_ONCE),
  );
  return slices.map((documentIds) => ask({ documentIds }));
};

const renderErasure = (erasure: ErasureV1, key: string): void => {
  const { documentIds, indexes, deleted, replaysBroken, proof, notCovered } = erasure;
  print(
    `${count(documentIds.length)} documents are erased from ${count(indexes.length)} indexes; ` +
      `${count(deleted.objects)} objects outside (${size(deleted.bytes)}) went with all of their versions.`,
  );
  print(`Proof: ${count(proof.objects)} objects outside hold nothing of them; the indexes have their own.`);
  print(`Report: ${key}`);
  if (replaysBroken.length > 0) say(`Can no longer be replayed: ${replaysBroken.join(' ')}`);
  for (const what of notCovered) say(`Not searched: ${what}`);
};

const erase = async (ids: string[], options: EraseOptions): Promise<void> => {
  const requests = requestsOf(ids, options);
  const index = await openIndex(options.collection);
  for (const asked of requests) await foretell(index, asked);
  say('What is erased cannot be brought back.');
  await confirm(`Erase them from "${index.collection}" for good?`, options);
  const erasures: ErasureV1[] = [];
  for (const asked of requests) {
    const done = await operate(index, asked);
    const erasure = (await reportOf(index, done)) as ErasureV1 | undefined;
    if (erasure === undefined) say(done.summary ?? '');
    else erasures.push(erasure);
    if (erasure !== undefined && options.json !== true) renderErasure(erasure, done.report?.key ?? '');
  }
  if (options.json === true) printJson({ collection: index.collection, erasures });
};

/** The commands of `alluvium snapshots` that make a new version. */
export const addSnapshotChanges = (add: (usage: string, description: string) => Command): void => {
  const addChange = (usage: string, description: string): Command =>
    add(usage, description).option('-r, --reason <text>', 'for the record').option('-y, --yes', 'do not ask');
  addChange('rollback <version>', 'make a new version with the content of an old one').action(
    telling(rollBack),
  );
  addChange('unrevert', 'apply again what rollbacks took out').action(telling(letIn));
  addChange('erase [ids...]', 'take documents out of everything, with a proof')
    .option('--source <name>', 'those of a source')
    .option('--entity <name>', 'those of an entity')
    .option('--where <attribute=value>', 'those with this value of an attribute')
    .action(telling(erase));
};
