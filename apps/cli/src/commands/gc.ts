import type { GarbageReport } from '@alluvium/vector-store';
import type { Command } from 'commander';
import { wholeNumber } from '../number-option.ts';
import { count, minute, print, printJson, say, table } from '../output.ts';
import { openIndex, type OpenIndex } from '../snapshots/open-index.ts';
import { operate, reportOf } from '../snapshots/operate.ts';
import { size } from '../snapshots/render.ts';
import { telling } from '../snapshots/telling.ts';

interface Options {
  collection: string;
  yes?: boolean;
  json?: boolean;
  keepVersions?: string;
  keepDays?: string;
  keepDaily?: string;
}

const OPTIONS = { keepVersions: '--keep-versions', keepDays: '--keep-days', keepDaily: '--keep-daily' };

type Kept = keyof typeof OPTIONS;

const retentionOf = (options: Options): Partial<Record<Kept, number>> =>
  Object.fromEntries(
    (Object.entries(OPTIONS) as [Kept, string][]).flatMap(([name, option]) => {
      const text = options[name];
      return text === undefined ? [] : [[name, wholeNumber(option, text, { least: 0 })]];
    }),
  );

const collect = async (index: OpenIndex, options: Options): Promise<GarbageReport | undefined> => {
  const args = { ...retentionOf(options), dryRun: options.yes !== true };
  const done = await operate(index, { operation: 'collect-garbage', args });
  return (await reportOf(index, done)) as GarbageReport | undefined;
};

const listed = (versions: readonly number[]): string =>
  versions.length === 0
    ? 'none'
    : `${count(versions.length)} (${versions.slice(0, 12).join(', ')}${versions.length > 12 ? ', …' : ''})`;

const render = (report: GarbageReport): string => {
  const rows = (
    [
      ['needed', report.kept],
      ['too young to judge', report.young],
      ['marked, to be deleted later', report.marked],
      [report.dryRun ? 'would be deleted' : 'deleted', report.deleted],
      [report.dryRun ? 'old versions, would go' : 'old versions, gone', report.noncurrent],
      ['not known, never touched', report.unknown],
    ] as const
  ).map(([name, { objects, bytes }]) => [name, count(objects).padStart(9), size(bytes).padStart(10)]);
  return [
    `Versions that stay: ${listed(report.keptVersions)}`,
    `Versions that go:   ${listed(report.expiredVersions)}`,
    table(['', '  OBJECTS', '      SIZE'], rows),
  ].join('\n');
};

const run = async (options: Options): Promise<void> => {
  const index = await openIndex(options.collection);
  const report = await collect(index, options);
  if (options.json === true) {
    printJson(report ?? {});
    return;
  }
  if (report === undefined) {
    say('Nothing is published, and nothing is to be collected.');
    return;
  }
  print(render(report));
  if (report.dueAt !== undefined) say(`What is marked may be deleted from ${minute(report.dueAt)} UTC.`);
  if (report.dryRun) say('Nothing was changed. To do it: alluvium gc --yes');
};

/** `alluvium gc` */
export const addGc = (program: Command): void => {
  program
    .command('gc')
    .summary('delete what no version needs any more')
    .description(
      'Says what it would do; with --yes it does it. A first run marks, one that\n' +
        'comes a day later deletes what still nothing needs. Tagged versions stay.\nWhat is not given is as the collection has it. It runs daily by itself.\n\n' +
        'Examples:\n  alluvium gc\n  alluvium gc --yes --keep-days 7',
    )
    .option('-c, --collection <name>', 'collection', 'docs')
    .option('--keep-versions <count>', 'versions before the current one (5)')
    .option('--keep-days <days>', 'all versions of so many days (2)')
    .option('--keep-daily <days>', 'one version a day for so many days (30)')
    .option('-y, --yes', 'do it')
    .option('--json', 'print one JSON object')
    .action(telling(run));
};
