import { useState } from 'preact/hooks';
import { detailOf, nounOf } from '../live/envelope.ts';
import { allCalls, allEvents, journalVersion } from '../live/journal.ts';
import { timelineOf, type Bar, type Timeline } from '../live/timeline.ts';
import { BarDetail } from './bar-detail.tsx';
import { RunTimeline } from './run-timeline.tsx';
import { useTicking } from './use-ticking.ts';

/** The timeline of a run as far as events tell it. */
export const useTimeline = (runId: string | undefined): Timeline | undefined => {
  // Read so that new events draw it again.
  const version = journalVersion.value;
  const timeline =
    runId === undefined || version < 0 ? undefined : timelineOf(runId, allEvents(), allCalls());
  useTicking(timeline !== undefined && timeline.completed === undefined);
  return timeline;
};

/** Failures among the events of a run, in words. */
export const failuresOf = ({ events }: Timeline): string[] =>
  events.flatMap((entry) => {
    if (nounOf(entry) !== 'part.failed') return [];
    const { part, stage, error } = detailOf(entry).data ?? {};
    return [`Part ${part ?? '?'} failed at ${stage ?? '?'}: ${error?.message ?? ''} (${error?.code ?? ''})`];
  });

/** A timeline whose bars can be looked into. */
export const LiveRun = ({ timeline }: { timeline: Timeline }) => {
  const [chosen, setChosen] = useState<Pick<Bar, 'stage' | 'part'> | undefined>(undefined);
  const bar = timeline.bars.find(({ stage, part }) => stage === chosen?.stage && part === chosen.part);
  return (
    <div class="stack">
      <RunTimeline timeline={timeline} onSelect={setChosen} />
      {failuresOf(timeline).map((failure) => (
        <p key={failure} class="problem break">
          {failure}
        </p>
      ))}
      {bar !== undefined && <BarDetail bar={bar} onClose={() => setChosen(undefined)} />}
    </div>
  );
};
