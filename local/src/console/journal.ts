import { createWriteStream, type WriteStream } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { BusEvent } from '../events/model.ts';
import type { Invocation } from '../lambda/function-runner.ts';
import type { LogLine } from '../lambda/log-sink.ts';
import { subjectOf } from './invocation-subject.ts';
import type { JournalEntry } from './journal-entry.ts';
import { judgeEvent } from './judge-event.ts';

/** An entry that has no number yet. */
type NewEntry = JournalEntry extends infer Entry
  ? Entry extends JournalEntry
    ? Omit<Entry, 'seq'>
    : never
  : never;

/** A line that a function wrote, and when. */
export interface TimedLogLine extends LogLine {
  atMs: number;
}

/** The last events, calls and log lines of a cloud, for the console. */
export interface Journal {
  addEvent(event: BusEvent, bus: string): void;
  addInvocation(invocation: Invocation): void;
  addLog(line: LogLine): void;
  /** Entries after `seq`, oldest first. */
  since(seq: number): JournalEntry[];
  /** Lines of these invocations, oldest first. */
  logsOf(requestIds: ReadonlySet<string>): TimedLogLine[];
  /** Calls back for every new entry; the returned function ends it. */
  onEntry(listener: (entry: JournalEntry) => void): () => void;
  close(): Promise<void>;
}

const MAX_ENTRIES = 6000;
const MAX_LOG_LINES = 5000;
/** The file is written anew, with the last entries alone, when so much was added to it. */
const MAX_ADDED_BYTES = 32 * 1024 * 1024;

// Where the file was written anew a line may be there twice.
const inOrder = (entries: JournalEntry[]): JournalEntry[] => {
  let last = 0;
  return entries.filter(({ seq }) => {
    const isNew = seq > last;
    last = Math.max(last, seq);
    return isNew;
  });
};

const parseLine = (line: string): JournalEntry[] => {
  try {
    return [JSON.parse(line) as JournalEntry];
  } catch {
    // the last line of a process that was killed
    return [];
  }
};

/** What an earlier process kept, at most `MAX_ENTRIES` of it; the file is cut to that. */
const recall = async (file: string): Promise<JournalEntry[]> => {
  const content = await readFile(file, 'utf8').catch(() => '');
  const lines = content.split('\n').filter((line) => line !== '');
  const isWhole = content === '' || content.endsWith('\n');
  if (isWhole && lines.length <= MAX_ENTRIES) return inOrder(lines.flatMap(parseLine));
  const kept = lines.slice(-MAX_ENTRIES / 2).filter((line) => parseLine(line).length > 0);
  await writeFile(file, kept.map((line) => `${line}\n`).join(''));
  return inOrder(kept.flatMap(parseLine));
};

const errorText = (error: Invocation['error']): string | undefined =>
  error === undefined ? undefined : `${error.errorType}: ${error.errorMessage}`;

class FileJournal implements Journal {
  private readonly entries: JournalEntry[];
  private readonly logs: TimedLogLine[] = [];
  private readonly listeners = new Set<(entry: JournalEntry) => void>();
  private readonly file: string;
  private stream: WriteStream | undefined;
  private seq: number;
  private addedBytes = 0;

  constructor(file: string, entries: JournalEntry[]) {
    this.file = file;
    this.entries = entries;
    this.seq = entries.at(-1)?.seq ?? 0;
  }

  addEvent(event: BusEvent, bus: string): void {
    this.add({ kind: 'event', atMs: Date.now(), bus, event, ...judgeEvent(event) });
  }

  addInvocation({ functionName, requestId, payload, beganAtMs, endedAtMs, error }: Invocation): void {
    const subject = subjectOf(payload);
    if (subject === undefined) return;
    const text = errorText(error);
    this.add({
      kind: 'invocation',
      ...{ functionName, requestId, beganAtMs, ...subject },
      ...(endedAtMs !== undefined && { endedAtMs }),
      ...(text !== undefined && { error: text }),
    });
  }

  addLog(line: LogLine): void {
    this.logs.push({ ...line, atMs: Date.now() });
    if (this.logs.length > MAX_LOG_LINES) this.logs.splice(0, MAX_LOG_LINES / 10);
  }

  since(seq: number): JournalEntry[] {
    return this.entries.filter((entry) => entry.seq > seq);
  }

  logsOf(requestIds: ReadonlySet<string>): TimedLogLine[] {
    return this.logs.filter(({ requestId }) => requestId !== undefined && requestIds.has(requestId));
  }

  onEntry(listener: (entry: JournalEntry) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  async close(): Promise<void> {
    const { stream } = this;
    if (stream !== undefined) await new Promise<void>((resolve) => stream.end(() => resolve()));
  }

  private add(added: NewEntry): void {
    this.seq += 1;
    const entry = { ...added, seq: this.seq };
    this.entries.push(entry);
    if (this.entries.length > MAX_ENTRIES) this.entries.splice(0, MAX_ENTRIES / 10);
    this.keep(`${JSON.stringify(entry)}\n`);
    for (const listener of this.listeners) listener(entry);
  }

  private keep(line: string): void {
    // Opened late: whoever finds the cloud's directory locked must leave its files alone.
    this.stream ??= createWriteStream(this.file, { flags: 'a' });
    this.stream.write(line);
    this.addedBytes += line.length;
    if (this.addedBytes < MAX_ADDED_BYTES) return;
    this.stream.end();
    this.stream = createWriteStream(this.file, { flags: 'w' });
    this.stream.write(this.entries.map((entry) => `${JSON.stringify(entry)}\n`).join(''));
    this.addedBytes = 0;
  }
}

/** Goes on with the journal in `directory`, where it is kept over restarts. */
export const openJournal = async (directory: string): Promise<Journal> => {
  await mkdir(directory, { recursive: true });
  const file = path.join(directory, 'journal.jsonl');
  return new FileJournal(file, await recall(file));
};
