import type { LeaseItem } from '@alluvium/vector-store';
import type { Command } from 'commander';
import { confirm } from '../confirm.ts';
import { print, printJson, tell } from '../output.ts';
import { holderText, openLeases } from '../snapshots/index-lease.ts';
import { openIndex } from '../snapshots/open-index.ts';
import { operate } from '../snapshots/operate.ts';
import { renderFields } from '../snapshots/render.ts';
import { telling } from '../snapshots/telling.ts';

interface Options {
  collection: string;
  json?: boolean;
  yes?: boolean;
}

const open = async ({ collection }: Options) => {
  const index = await openIndex(collection);
  const { path } = index;
  const { indexLeaseKey } = await import('@alluvium/vector-store');
  const leases = await openLeases();
  return { index, path, item: await leases.read(indexLeaseKey(path)) };
};

const timeText = (timeMs: number): string => new Date(timeMs).toISOString();

const isOver = ({ expiresAtMs }: LeaseItem): boolean => expiresAtMs < Date.now();

const renderLease = (item: LeaseItem): string => {
  if (item.state === 'FREE') return renderFields({ state: 'free', fence: item.fence });
  return renderFields({
    state: isOver(item) ? 'held, but its time has passed: the next compactor takes it' : 'held',
    by: item.runId ?? 'compactor',
    owner: item.owner ?? '',
    fence: item.fence,
    since: timeText(item.acquiredAtMs),
    heartbeat: `${timeText(item.heartbeatAtMs)} (${item.heartbeats} so far)`,
    ends: timeText(item.expiresAtMs),
  });
};

const show = async (options: Options): Promise<void> => {
  const { path, item } = await open(options);
  if (options.json === true) printJson({ indexPath: path, lease: item ?? null });
  else print(item === undefined ? 'Nobody ever took the lock.' : renderLease(item));
};

const breakLock = async (options: Options): Promise<void> => {
  const { index, path, item } = await open(options);
  if (item?.state !== 'HELD') {
    if (options.json === true) printJson({ indexPath: path, isBroken: false, lease: item ?? null });
    else print('The lock is free; there is nothing to break.');
    return;
  }
  await confirm(`${holderText(item)}. Take it away?`, options);
  const done = await operate(index, { operation: 'break-lock', args: { rvn: item.rvn } });
  tell(options, { indexPath: path, isBroken: true, ...done }, () =>
    [done.summary ?? '', 'Whoever held it can no longer publish once somebody else has.'].join('\n'),
  );
};

/** `alluvium lock` */
export const addLock = (program: Command): void => {
  const group = program
    .command('lock')
    .summary('who is changing a collection')
    .description(
      'The lock keeps two from doing the same work; what protects the data is\nits fence.\n\n' +
        'Examples:\n  alluvium lock show\n  alluvium lock break --collection docs',
    );
  const add = (name: string, description: string): Command =>
    group
      .command(name)
      .description(description)
      .option('-c, --collection <name>', 'collection', 'docs')
      .option('--json', 'print one JSON object');
  add('show', 'tell who holds it, and since when').action(telling(show));
  add('break', 'take it from whoever holds it').option('-y, --yes', 'do not ask').action(telling(breakLock));
};
