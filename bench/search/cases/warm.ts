import type { AlluviumJob, AlluviumWarm } from '../alluvium-process.ts';
import type { SetName } from '../data.ts';
import { announce, noteOf, type Section } from '../sections.ts';
import { runChild } from '../support/child.ts';
import type { MeasuredPoint } from '../support/measure.ts';
import { atLeast, atMost, rounded, type Bar, type Row } from '../../support/report.ts';

const PROCESS = new URL('../alluvium-process.ts', import.meta.url);
const EXACT = 'recall exact';
/** How much longer than reading the int8 rows, or the 1-bit codes, a search may take. */
const EXACT_STREAMS = 1.5;
const CODE_STREAMS = 2.5;
const LARGE: SetName = 'clustered-1m';
const LARGE_RECALL = 0.97;

const rowOf = (name: SetName, point: MeasuredPoint, { stream }: AlluviumWarm): Row => {
  const isExact = point.settings === EXACT;
  return {
    case: `warm ${name}`,
    system: 'alluvium',
    settings: point.settings,
    plan: point.plan ?? '',
    recall: rounded(point.recall),
    p50Ms: rounded(point.p50Ms),
    p99Ms: rounded(point.p99Ms),
    scanP50Ms: rounded(point.scanP50Ms ?? Number.NaN),
    stream: isExact ? 'int8 rows' : 'codes',
    streamMs: rounded(isExact ? stream.rowsMs : stream.codesMs),
    streams: rounded((point.scanP50Ms ?? Number.NaN) / (isExact ? stream.rowsMs : stream.codesMs)),
  };
};

/** The fastest point that finds enough, or the one that finds most. */
export const fastestAt = (points: readonly MeasuredPoint[], recall: number): MeasuredPoint | undefined => {
  const enough = points
    .filter((point) => point.recall >= recall)
    .sort((left, right) => left.p50Ms - right.p50Ms);
  return enough[0] ?? [...points].sort((left, right) => right.recall - left.recall)[0];
};

const barsOf = (name: SetName, { points, stream }: AlluviumWarm): Bar[] => {
  const exactMs = points.find(({ settings }) => settings === EXACT)?.scanP50Ms ?? Number.NaN;
  const exact = rounded(exactMs / stream.rowsMs);
  const bars = [atMost(`warm ${name}: exact scan / stream of the int8 rows`, exact, EXACT_STREAMS)];
  if (name !== LARGE) return bars;
  const point = fastestAt(points, LARGE_RECALL);
  const streams = rounded((point?.scanP50Ms ?? Number.NaN) / stream.codesMs);
  return [
    ...bars,
    atLeast(`warm ${name}: recall`, rounded(point?.recall ?? 0), LARGE_RECALL),
    atMost(`warm ${name}: scan / stream of the codes`, streams, CODE_STREAMS),
  ];
};

/** What our warm searches came to; the points serve the comparison with peers. */
export interface WarmSection extends Section {
  points: Map<SetName, MeasuredPoint[]>;
}

/** Searches of ours in a process that has the index in memory, against the time of reading what is read. */
export const warmSection = async (sets: readonly SetName[]): Promise<WarmSection> => {
  const section: WarmSection = { rows: [], bars: [], points: new Map() };
  for (const name of sets) {
    announce(`searching ${name}, warm`);
    const job: AlluviumJob = { task: 'warm', set: name };
    try {
      const warm = (await runChild(PROCESS, job)) as AlluviumWarm;
      section.points.set(name, warm.points);
      section.rows.push(...warm.points.map((point) => rowOf(name, point, warm)));
      section.bars.push(...barsOf(name, warm));
    } catch (error) {
      section.rows.push({ case: `warm ${name}`, system: 'alluvium', note: noteOf(error) });
      section.bars.push(...barsOf(name, { points: [], stream: { codesMs: 1, rowsMs: 1 } }));
    }
  }
  return section;
};
