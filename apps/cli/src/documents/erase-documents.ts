import type { OperationArgsV1 } from '@alluvium/contracts';
import type { Command } from 'commander';
import { CliError, exitCodes } from '../cli-error.ts';
import { confirmTyped } from '../confirm-typed.ts';
import { say, tell } from '../output.ts';
import { perform } from '../snapshots/operate.ts';

interface Options {
  collection: string;
  source?: string;
  entity?: string;
  attribute?: string;
  dryRun?: boolean;
  confirm?: string;
  reason?: string;
  json?: boolean;
}

const MOST = 5;

const misused = (why: string): CliError =>
  new CliError(
    why,
    exitCodes.usage,
    `Name 1 to ${MOST} documents, or those that fit: --source, --entity, --attribute name=value.`,
  );

const attributeOf = (given: string | undefined): { attribute?: string; value?: string } => {
  if (given === undefined) return {};
  const [, attribute, value] = /^([^=]+)=(.+)$/s.exec(given) ?? [];
  if (attribute === undefined || value === undefined) throw misused(`--attribute ${given} is no name=value.`);
  return { attribute, value };
};

const chosen = (ids: readonly string[], { source, entity, attribute }: Options): OperationArgsV1 => {
  const filter = {
    ...(source !== undefined && { source }),
    ...(entity !== undefined && { entity }),
    ...attributeOf(attribute),
  };
  const hasFilter = Object.keys(filter).length > 0;
  if (ids.length > 0 === hasFilter)
    throw misused(hasFilter ? 'Name documents or filters, not both.' : 'That would erase every document.');
  if (ids.length > MOST) throw misused(`${ids.length} documents are too many for one erasure.`);
  const [first] = ids;
  if (hasFilter) return { filter };
  return ids.length === 1 && first !== undefined ? { documentId: first } : { documentIds: [...ids] };
};

const erase = async (ids: string[], options: Options): Promise<void> => {
  const { collection, reason, confirm: given } = options;
  const args = { collection, ...chosen(ids, options) };
  const asked = { operation: 'erase-document', ...(reason !== undefined && { reason }) };
  const before = await perform({ ...asked, args: { ...args, dryRun: true } });
  if (options.dryRun === true) {
    tell(options, before, () => before.summary ?? 'Nothing is known of what would be erased.');
    return;
  }
  say(before.summary ?? '');
  const question = `Erase this from ${collection}, in every version, for good?`;
  await confirmTyped({ question, name: collection, given });
  const done = await perform({ ...asked, args });
  tell(options, done, () => done.summary ?? 'It is erased.');
};

/** `alluvium documents erase` */
export const addErase = (command: (usage: string, description: string) => Command): void => {
  command('erase [documents...]', 'erase documents from every version and copy, for good')
    .option('--source <name>', 'those of this source')
    .option('--entity <kind>', 'those of this kind')
    .option('--attribute <name=value>', 'those with this attribute')
    .option('--dry-run', 'tell what would be erased, and erase nothing')
    .option('--confirm <collection>', 'name of the collection, instead of typing it')
    .option('--reason <text>', 'why, for those who ask later')
    .action(erase);
};
