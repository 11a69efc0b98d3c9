import { buildSection } from './cases/build.ts';
import { coldSection } from './cases/cold.ts';
import { loadSection } from './cases/load.ts';
import { peersSection } from './cases/peers.ts';
import { warmSection } from './cases/warm.ts';
import { prepareSet, type SetName } from './data.ts';
import { announce, sectionsFor, setsFor, type SearchOptions, type Section } from './sections.ts';
import type { MeasuredPoint } from './support/measure.ts';
import { machine, type Report } from '../support/report.ts';

const LOAD_ROUNDS = { quick: 5, full: 15 };

/** Vector search, ours and others: warm in memory, cold from object storage, and what an index costs to build. */
export const run = async (options: SearchOptions): Promise<Report> => {
  const sections = sectionsFor(options);
  const { sets, rows } = setsFor(options);
  const report: Report = { name: 'search', machine: machine(), rows, bars: [] };
  const add = ({ rows: found, bars }: Section): void => {
    report.rows.push(...found);
    report.bars.push(...bars);
  };
  for (const name of sets) {
    announce(`preparing ${name}`);
    await prepareSet(name);
  }
  const { quick } = options;
  if (sections.includes('load')) add(await loadSection(quick ? LOAD_ROUNDS.quick : LOAD_ROUNDS.full));
  // What is searched is always built by the code at hand.
  const built = sections.some((name) => name !== 'load' && name !== 'peers') && (await buildSection(sets));
  if (built && sections.includes('build')) add(built);
  let points: ReadonlyMap<SetName, MeasuredPoint[]> = new Map();
  if (sections.includes('warm')) {
    const warm = await warmSection(sets);
    points = warm.points;
    add(warm);
  }
  if (sections.includes('peers')) {
    // A million vectors take the graphs of the peers an hour.
    add(
      await peersSection(
        sets.filter((name) => name !== 'clustered-1m'),
        points,
      ),
    );
  }
  if (sections.includes('cold')) add(await coldSection(sets, quick));
  return report;
};
