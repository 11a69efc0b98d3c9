/** A stage of a run, in the order in which data flows. */
export type Stage = 'fetch' | 'derive' | 'chunk' | 'embed' | 'settle';

/** What a stage is to the console. */
export interface StageInfo {
  stage: Stage;
  label: string;
  /** Step of a job that it completes. */
  step: 'fetched' | 'derived' | 'chunked' | 'durable' | 'applied';
  /** Service that does it. */
  service: string;
  colour: string;
}

/** All stages. */
export const STAGES: readonly StageInfo[] = [
  { stage: 'fetch', label: 'Fetch', step: 'fetched', service: 'ingest', colour: 'var(--fetch)' },
  { stage: 'derive', label: 'Derive', step: 'derived', service: 'ingest', colour: 'var(--derive)' },
  { stage: 'chunk', label: 'Chunk', step: 'chunked', service: 'chunk', colour: 'var(--chunk)' },
  { stage: 'embed', label: 'Embed', step: 'durable', service: 'embed', colour: 'var(--embed)' },
  { stage: 'settle', label: 'Settle', step: 'applied', service: 'compactor', colour: 'var(--settle)' },
];
