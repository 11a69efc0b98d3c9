import { useState } from 'preact/hooks';
import { duration } from '../../format.ts';
import { detailOf } from '../../live/envelope.ts';
import type { EventEntry } from '../../live/journal-entry.ts';
import { EventDetail, ValidityBadge } from '../../parts/event-detail.tsx';

const partText = (entry: EventEntry): string => {
  const { part } = detailOf(entry).data ?? {};
  return part === undefined ? '' : `part ${part}`;
};

interface RowProps {
  entry: EventEntry;
  startMs: number;
  isChosen: boolean;
  onChoose: () => void;
}

const EventRow = ({ entry, startMs, isChosen, onChoose }: RowProps) => (
  <li class={`event-row ${isChosen ? 'selected' : ''}`}>
    <span class="muted mono">{duration(entry.atMs - startMs)}</span>
    <button type="button" class="link-button mono" onClick={onChoose}>
      {entry.event['detail-type']}
    </button>
    <span class="muted small">{partText(entry)}</span>
    <ValidityBadge entry={entry} />
  </li>
);

/** The events of a run, to be looked into. */
export const RunEvents = ({ events }: { events: readonly EventEntry[] }) => {
  const [chosen, setChosen] = useState<number | undefined>(undefined);
  const entry = events.find(({ seq }) => seq === chosen);
  const startMs = events[0]?.atMs ?? 0;
  return (
    <div class={entry === undefined ? '' : 'columns'}>
      <section class="card" aria-label="Events of the run">
        <h2>{events.length} events</h2>
        <ol>
          {events.map((event) => (
            <EventRow
              key={event.seq}
              entry={event}
              startMs={startMs}
              isChosen={event.seq === chosen}
              onChoose={() => setChosen(event.seq === chosen ? undefined : event.seq)}
            />
          ))}
        </ol>
      </section>
      {entry !== undefined && (
        <aside class="card sticky">
          <EventDetail entry={entry} />
        </aside>
      )}
    </div>
  );
};
