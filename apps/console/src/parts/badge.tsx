import type { ComponentChildren } from 'preact';

/** How a badge is meant. */
export type Tone = 'good' | 'bad' | 'warn' | 'river' | 'plain';

/** A word in a coloured field. */
export const Badge = ({ tone, children }: { tone: Tone; children: ComponentChildren }) => (
  <span class={`badge ${tone}`}>{children}</span>
);

const TONES: Record<string, Tone> = {
  done: 'good',
  completed: 'good',
  failed: 'bad',
  stalled: 'bad',
  cancelled: 'warn',
  running: 'river',
  queued: 'plain',
};

/** The state of a job. */
export const StateBadge = ({ state }: { state: string }) => (
  <Badge tone={TONES[state] ?? 'plain'}>{state}</Badge>
);
