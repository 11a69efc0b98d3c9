import { signal } from '@preact/signals';
import { info } from '../../api/info.ts';
import { clock, short } from '../../format.ts';
import { correlationOf, detailOf } from '../../live/envelope.ts';
import { allEvents, journalVersion } from '../../live/journal.ts';
import type { EventEntry } from '../../live/journal-entry.ts';
import { Empty } from '../../parts/empty.tsx';
import { EventDetail, ValidityBadge } from '../../parts/event-detail.tsx';
import { Page } from '../../parts/page.tsx';
import { useState } from 'preact/hooks';

const SHOWN = 250;

interface Filter {
  words: string;
  isForeign: boolean;
  isInvalidOnly: boolean;
}

const filter = signal<Filter>({ words: '', isForeign: false, isInvalidOnly: false });

/** What is shown while new events are held back. */
const held = signal<readonly EventEntry[] | undefined>(undefined);

const isWanted = (entry: EventEntry, { words, isForeign, isInvalidOnly }: Filter): boolean => {
  if (entry.validity === 'foreign' && !isForeign) return false;
  if (isInvalidOnly && entry.validity !== 'invalid' && entry.validity !== 'unknown') return false;
  const { collection = '' } = detailOf(entry).data ?? {};
  const text = `${entry.event['detail-type']} ${entry.event.source} ${correlationOf(entry) ?? ''} ${collection}`;
  return words
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.toLowerCase().includes(word));
};

const summaryOf = (entry: EventEntry): string => {
  const { collection, part, records, error, version } = detailOf(entry).data ?? {};
  const pieces = [
    collection,
    part === undefined ? undefined : `part ${part}`,
    typeof records === 'number' ? `${records} records` : undefined,
    typeof version === 'number' ? `version ${version}` : undefined,
    error?.message,
  ];
  return pieces.filter((piece) => piece !== undefined).join(', ');
};

const set = (changes: Partial<Filter>): void => {
  filter.value = { ...filter.value, ...changes };
};

const Controls = () => (
  <div class="card row">
    <input
      class="grow"
      type="search"
      aria-label="Filter events"
      placeholder="type, source, run or collection"
      value={filter.value.words}
      onInput={(event) => set({ words: event.currentTarget.value })}
    />
    <label>
      <input
        type="checkbox"
        checked={filter.value.isForeign}
        onChange={(event) => set({ isForeign: event.currentTarget.checked })}
      />{' '}
      events of AWS
    </label>
    <label>
      <input
        type="checkbox"
        checked={filter.value.isInvalidOnly}
        onChange={(event) => set({ isInvalidOnly: event.currentTarget.checked })}
      />{' '}
      only what does not fit
    </label>
    <button
      type="button"
      onClick={() => (held.value = held.value === undefined ? [...allEvents()] : undefined)}
    >
      {held.value === undefined ? 'Hold' : 'Go on'}
    </button>
  </div>
);

interface RowProps {
  entry: EventEntry;
  isChosen: boolean;
  onChoose: () => void;
}

const Row = ({ entry, isChosen, onChoose }: RowProps) => (
  <tr class={isChosen ? 'selected' : ''}>
    <td class="mono nowrap muted">{clock(entry.atMs)}</td>
    <td>
      <button type="button" class="link-button mono" aria-pressed={isChosen} onClick={onChoose}>
        {entry.event['detail-type']}
      </button>
    </td>
    <td>{entry.event.source}</td>
    <td class="small">{summaryOf(entry)}</td>
    <td class="mono small muted">{short(correlationOf(entry) ?? '')}</td>
    <td>
      <ValidityBadge entry={entry} />
    </td>
  </tr>
);

const Table = ({ entries }: { entries: readonly EventEntry[] }) => {
  const [chosen, setChosen] = useState<EventEntry | undefined>(undefined);
  return (
    <div class={chosen === undefined ? '' : 'columns'}>
      <div class="card scroll" tabIndex={0} role="region" aria-label="Events">
        <table class="dense">
          <thead>
            <tr>
              {['Time', 'Event', 'From', 'About', 'Run', 'Contract'].map((name) => (
                <th key={name} scope="col">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {entries.map((entry) => (
              <Row
                key={entry.seq}
                entry={entry}
                isChosen={entry.seq === chosen?.seq}
                onChoose={() => setChosen(entry.seq === chosen?.seq ? undefined : entry)}
              />
            ))}
          </tbody>
        </table>
      </div>
      {chosen !== undefined && (
        <aside class="card sticky">
          <EventDetail entry={chosen} />
        </aside>
      )}
    </div>
  );
};

/** Everything that happens, as it happens. */
export const EventsView = () => {
  const version = journalVersion.value;
  const all = held.value ?? (version < 0 ? [] : allEvents());
  const found = all.filter((entry) => isWanted(entry, filter.value));
  const entries = found.slice(-SHOWN).reverse();
  if (info.value?.events === false)
    return (
      <Page title="Events">
        <Empty command="npm start">
          A deployed stack does not tell its events to the console; its bus has an archive. On this machine
          all are told:
        </Empty>
      </Page>
    );
  return (
    <Page title="Events" lead={`${found.length} of ${all.length}, newest first`}>
      <Controls />
      {entries.length === 0 ? (
        <Empty command="npx alluvium events emit compaction.requested.v1 --data request.json">
          No event fits. Drop a file on the first page, or emit one by hand:
        </Empty>
      ) : (
        <Table entries={entries} />
      )}
    </Page>
  );
};
