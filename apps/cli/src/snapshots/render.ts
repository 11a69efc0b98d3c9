import type { DifferentDocuments, KnownVersion, VersionDiff } from '@alluvium/vector-store';
import { count, fit, minute, table, terminalWidth } from '../output.ts';

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'];

/** `1.2 MB` */
export const size = (bytes: number): string => {
  let [value, unit] = [bytes, 0];
  while (value >= 1000 && unit < UNITS.length - 1) [value, unit] = [value / 1000, unit + 1];
  return `${value.toFixed(unit === 0 || value >= 100 ? 0 : 1)} ${UNITS[unit] ?? ''}`;
};

const remarkOf = ({ change, tags, state }: KnownVersion): string => {
  const made = change && (change.version === undefined ? change.kind : `${change.kind} to ${change.version}`);
  return [...tags, made, state === 'kept' ? undefined : state]
    .filter((part) => part !== undefined)
    .join(', ');
};

/** Versions, one a line. */
export const renderVersions = (versions: readonly KnownVersion[]): string =>
  table(
    ['VERSION', 'CREATED (UTC)', 'DOCUMENTS', 'CHUNKS', ''],
    versions.map((version) => [
      String(version.version),
      minute(version.createdAt),
      count(version.documents),
      count(version.chunks),
      remarkOf(version),
    ]),
  );

/** Names and values, one a line. */
export const renderFields = (fields: Record<string, string | number>): string => {
  const width = Math.max(...Object.keys(fields).map((name) => name.length));
  return Object.entries(fields)
    .map(([name, value]) => fit(`${name}:`, width + 1).padEnd(width + 2) + String(value))
    .map((line) => (line.length <= terminalWidth() ? line : `${line.slice(0, terminalWidth() - 1)}…`))
    .join('\n');
};

const renderPart = (name: string, sign: string, { count: all, ids }: DifferentDocuments): string[] => {
  const lines = ids.map((id) => `${sign} ${fit(id, terminalWidth() - 2)}`);
  const more = all > ids.length ? [`  and ${count(all - ids.length)} more`] : [];
  return [`${count(all)} ${name}`, ...lines, ...more];
};

/** What became of the documents. */
export const renderDiff = ({ added, changed, deleted }: VersionDiff): string =>
  [
    ...renderPart('added', '+', added),
    ...renderPart('changed', '~', changed),
    ...renderPart('deleted', '-', deleted),
  ].join('\n');
