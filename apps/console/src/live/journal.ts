import type { EventEntry, InvocationEntry, JournalEntry } from './journal-entry.ts';
import { signal } from '@preact/signals';

/** Told at most this often, however fast events come. */
const TELL_MS = 120;
const MAX_EVENTS = 6000;

let events: EventEntry[] = [];
const calls = new Map<string, InvocationEntry>();
let timer: ReturnType<typeof setTimeout> | undefined;

/** Grows whenever there is something new; read it to be drawn again. */
export const journalVersion = signal(0);

/** Whether events arrive as they happen. */
export const isLive = signal(false);

const tell = (): void => {
  timer ??= setTimeout(() => {
    timer = undefined;
    journalVersion.value += 1;
  }, TELL_MS);
};

const add = (entry: JournalEntry): void => {
  if (entry.kind === 'event') events.push(entry);
  else calls.set(entry.requestId, entry);
};

const trim = (): void => {
  if (events.length > MAX_EVENTS) events = events.slice(-MAX_EVENTS / 2);
  for (const requestId of calls.keys()) {
    if (calls.size <= MAX_EVENTS) break;
    calls.delete(requestId);
  }
};

/** All events that are known, oldest first. */
export const allEvents = (): readonly EventEntry[] => events;

/** All calls of functions that are known. */
export const allCalls = (): InvocationEntry[] => [...calls.values()];

/** Listens to the cloud on this machine. */
export const startJournal = (): void => {
  const source = new EventSource('/_local/events');
  source.addEventListener('open', () => {
    isLive.value = true;
  });
  source.addEventListener('error', () => {
    isLive.value = false;
  });
  source.addEventListener('backlog', ({ data }: MessageEvent<string>) => {
    for (const entry of JSON.parse(data) as JournalEntry[]) add(entry);
    trim();
    tell();
  });
  source.addEventListener('entry', ({ data }: MessageEvent<string>) => {
    add(JSON.parse(data) as JournalEntry);
    trim();
    tell();
  });
};
