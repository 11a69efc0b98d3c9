import { createHash } from 'node:crypto';

/** What happened, in order: a hash of everything, and the lines themselves where somebody will read them. */
export interface Trace {
  /** Adds a line; `atMs` is virtual time since the start. */
  add(atMs: number, actor: string, what: string): void;
  readonly lines: readonly string[];
  /** Of all lines so far: equal in two runs if and only if they went the same way. */
  fingerprint(): string;
}

const clockOf = (atMs: number): string => {
  const [hours, minutes] = [Math.floor(atMs / 3_600_000), Math.floor(atMs / 60_000) % 60];
  const seconds = (atMs % 60_000) / 1000;
  const [hh, mm] = [hours, minutes].map((value) => String(value).padStart(2, '0'));
  return `${hh}:${mm}:${seconds.toFixed(3).padStart(6, '0')}`;
};

/** A trace that keeps its lines only when `readable`: a long run has millions. */
export const newTrace = ({ readable = false }: { readable?: boolean } = {}): Trace => {
  const hash = createHash('sha256');
  const lines: string[] = [];
  return {
    lines,
    add: (atMs, actor, what) => {
      const line = `${clockOf(atMs)} ${actor.padEnd(14)} ${what}`;
      hash.update(`${line}\n`);
      if (readable) lines.push(line);
    },
    fingerprint: () => hash.copy().digest('hex').slice(0, 16),
  };
};
