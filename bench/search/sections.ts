import { setMissing, SET_ROWS, type SetName } from './data.ts';
import type { Bar, Row } from '../support/report.ts';

/** What is asked for. */
export interface SearchOptions {
  quick: boolean;
  /** Only this section. */
  only?: string;
  /** Leaves larger sets out. */
  maxRows: number;
}

/** Part of a report. */
export interface Section {
  rows: Row[];
  bars: Bar[];
}

export const SECTIONS = ['load', 'build', 'warm', 'peers', 'cold'] as const;

export type SectionName = (typeof SECTIONS)[number];

const QUICK_SECTIONS: readonly SectionName[] = ['load', 'build', 'warm', 'cold'];

const ALL_SETS: readonly SetName[] = ['clustered-100k', 'uniform-100k', 'real-100k', 'clustered-1m'];

/** Sections that were asked for. Error: Error for one that there is not. */
export const sectionsFor = ({ quick, only }: SearchOptions): readonly SectionName[] => {
  if (only === undefined) return quick ? QUICK_SECTIONS : SECTIONS;
  const section = SECTIONS.find((name) => name === only);
  if (section === undefined) throw new Error(`There is no section ${only}; there are ${SECTIONS.join(', ')}`);
  return [section];
};

/** Sets that were asked for and can be made here, and a row for each that cannot. */
export const setsFor = ({ quick, maxRows }: SearchOptions): { sets: SetName[]; rows: Row[] } => {
  const wanted = quick ? ALL_SETS.slice(0, 1) : ALL_SETS.filter((name) => SET_ROWS[name] <= maxRows);
  const sets = wanted.filter((name) => setMissing(name) === undefined);
  const rows = wanted
    .filter((name) => !sets.includes(name))
    .map((name) => ({ case: name, system: 'all', note: `left out: ${setMissing(name) ?? ''}` }));
  return { sets, rows };
};

/** Says on stderr what is going on: the report alone goes to stdout. */
export const announce = (what: string): void => console.error(what);

/** What a thing that failed says in a report. */
export const noteOf = (error: unknown): string => {
  const reason = error instanceof Error ? error.message : String(error);
  return reason.includes('Cannot find module')
    ? `${reason} (npm run bench:setup installs the peers)`
    : reason;
};
