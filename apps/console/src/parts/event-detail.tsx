import { call } from '../api/call.ts';
import { useLoad } from '../api/use-load.ts';
import { bytes, clock } from '../format.ts';
import { detailOf, functionLabel } from '../live/envelope.ts';
import type { EventEntry } from '../live/journal-entry.ts';
import { Badge, type Tone } from './badge.tsx';
import { JsonView } from './json-view.tsx';
import { ProblemBox } from './problem-box.tsx';
import { useState } from 'preact/hooks';

const TONES: Record<EventEntry['validity'], Tone> = {
  valid: 'good',
  invalid: 'bad',
  foreign: 'plain',
  unknown: 'warn',
};

const WORDS: Record<EventEntry['validity'], string> = {
  valid: 'valid',
  invalid: 'invalid',
  foreign: 'AWS',
  unknown: 'no contract',
};

/** Whether an event fits its contract. */
export const ValidityBadge = ({ entry }: { entry: EventEntry }) => (
  <Badge tone={TONES[entry.validity]}>{WORDS[entry.validity]}</Badge>
);

interface Pointer {
  name: string;
  key: string;
  bytes: number;
}

const isPointer = (value: unknown): value is Omit<Pointer, 'name'> =>
  typeof value === 'object' && value !== null && 'key' in value && 'sha256' in value;

const pointersOf = ({ event }: EventEntry): Pointer[] =>
  Object.entries((event.detail as { data?: object }).data ?? {}).flatMap(
    ([name, value]: [string, unknown]) =>
      isPointer(value) ? [{ name, key: value.key, bytes: value.bytes }] : [],
  );

const StoredObject = ({ pointer }: { pointer: Pointer }) => {
  const path = `/_local/objects?key=${encodeURIComponent(pointer.key)}`;
  const { value, problem } = useLoad(() => call<{ text: string | null }>(path), path);
  if (problem !== undefined) return <ProblemBox problem={problem} />;
  if (value === undefined) return <p class="muted">Reading…</p>;
  if (value.text === null) return <p class="muted">It is binary, or too large to show.</p>;
  return <JsonView label={pointer.key} value={value.text} />;
};

const PointerRow = ({ pointer }: { pointer: Pointer }) => {
  const [isOpen, setOpen] = useState(false);
  return (
    <div>
      <div class="row spread">
        <span class="break">
          {pointer.name} <span class="muted">{bytes(pointer.bytes)}</span>
        </span>
        <button type="button" class="plain" onClick={() => setOpen(!isOpen)} aria-expanded={isOpen}>
          {isOpen ? 'Close' : 'Open the object'}
        </button>
      </div>
      {isOpen && <StoredObject pointer={pointer} />}
    </div>
  );
};

interface LogLine {
  atMs: number;
  functionName: string;
  text: string;
}

const logText = ({ atMs, functionName, text }: LogLine): string =>
  `${clock(atMs)} ${functionLabel(functionName)}  ${text}`;

/** What functions wrote during these calls. */
export const Logs = ({ requestIds }: { requestIds: readonly string[] }) => {
  const key = new URLSearchParams(requestIds.map((id) => ['requestId', id])).toString();
  const { value, problem } = useLoad(() => call<{ lines: LogLine[] }>(`/_local/logs?${key}`), key);
  if (problem !== undefined) return <ProblemBox problem={problem} />;
  const lines = value?.lines ?? [];
  if (lines.length === 0) return <p class="muted small">No log lines of this are kept.</p>;
  return <JsonView label="Log" value={lines.map(logText).join('\n')} />;
};

/** One event, whole. */
export const EventDetail = ({ entry }: { entry: EventEntry }) => {
  const { runId } = detailOf(entry).data ?? {};
  const type = entry.event['detail-type'];
  const pointers = pointersOf(entry);
  return (
    <div class="stack">
      <div class="row">
        <strong class="mono break">{type}</strong>
        <ValidityBadge entry={entry} />
      </div>
      {entry.fault !== undefined && <p class="problem mono">{entry.fault}</p>}
      <p class="small muted">
        {clock(entry.atMs)} from {entry.event.source} on {entry.bus}
      </p>
      <div class="row small">
        {entry.validity !== 'foreign' && <a href={`/contracts/${type}`}>Schema and example</a>}
        {runId !== undefined && <a href={`/runs/${runId}`}>Its run</a>}
      </div>
      {pointers.map((pointer) => (
        <PointerRow key={pointer.name} pointer={pointer} />
      ))}
      <JsonView label="Detail" value={entry.event.detail} />
    </div>
  );
};
