import { createWriteStream, type WriteStream } from 'node:fs';
import { mkdir, rename, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';

/** One line that a function wrote, or that the runner wrote about it. */
export interface LogLine {
  functionName: string;
  /** Of the environment; absent for lines of the runner about no particular one. */
  pid?: number | undefined;
  /** Of the invocation under way. */
  requestId?: string | undefined;
  source: 'stdout' | 'stderr' | 'runner';
  text: string;
}

export type OnLog = (line: LogLine) => void;

/** Where all lines go: a file a function, and whoever listens. */
export interface LogSink {
  write(line: LogLine): void;
  close(): Promise<void>;
}

const MAX_FILE_BYTES = 10 * 1024 * 1024;

/** Keeps one older file, so that logs cannot fill a disk over many starts. */
const rotate = async (file: string): Promise<void> => {
  const found = await stat(file).catch(() => undefined);
  if (found !== undefined && found.size > MAX_FILE_BYTES) await rename(file, `${file}.1`);
};

/** Writes `<directory>/<function>.log`; no files without a directory. */
export const openLogSink = async (
  functionNames: string[],
  directory: string | undefined,
  onLog: OnLog | undefined,
): Promise<LogSink> => {
  const files = new Map<string, WriteStream>();
  if (directory !== undefined) {
    await mkdir(directory, { recursive: true });
    for (const name of functionNames) {
      const file = path.join(directory, `${name}.log`);
      await rotate(file);
      files.set(name, createWriteStream(file, { flags: 'a' }));
    }
  }
  return {
    write: (line) => {
      files.get(line.functionName)?.write(`${line.text}\n`);
      onLog?.(line);
    },
    close: async () => {
      await Promise.all(
        [...files.values()].map((file) => new Promise<void>((resolve) => file.end(() => resolve()))),
      );
    },
  };
};

/** Calls back for every line of a stream; the last one may lack its end. */
export const forEachLine = (stream: Readable, callback: (text: string) => void): void => {
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    lines.forEach(callback);
  });
  stream.on('end', () => {
    if (rest !== '') callback(rest);
  });
};
