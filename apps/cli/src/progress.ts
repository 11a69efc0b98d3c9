import { MultiBar, Presets, type SingleBar } from 'cli-progress';
import { say } from './output.ts';

/** Shows how far named stages are: bars on a terminal, else one line a stage when it ends. */
export interface Progress {
  /** `total` 0 means that it is not known yet. */
  update(stage: string, done: number, total: number): void;
  stop(): void;
}

const bars = (stages: string[]): Progress => {
  const all = new MultiBar(
    { stream: process.stderr, format: '  {stage} {bar} {count}', hideCursor: true, barsize: 30 },
    Presets.shades_classic,
  );
  const width = Math.max(...stages.map((stage) => stage.length));
  const byStage = new Map<string, SingleBar>(
    stages.map((stage) => [stage, all.create(1, 0, { stage: stage.padEnd(width), count: '' })]),
  );
  return {
    update: (stage, done, total) => {
      const bar = byStage.get(stage);
      // A bar without a total would look full.
      bar?.setTotal(Math.max(total, 1));
      bar?.update(total === 0 ? 0 : done, { count: total === 0 ? `${done}/?` : `${done}/${total}` });
    },
    stop: () => {
      all.stop();
    },
  };
};

const lines = (startMs: number): Progress => {
  const ended = new Set<string>();
  return {
    update: (stage, done, total) => {
      if (total === 0 || done < total || ended.has(stage)) return;
      ended.add(stage);
      say(`  ${stage.padEnd(10)} ${done}/${total}  ${((Date.now() - startMs) / 1000).toFixed(1)} s`);
    },
    stop: () => undefined,
  };
};

/** Progress of a fixed list of stages. */
export const showProgress = (stages: string[]): Progress =>
  process.stderr.isTTY ? bars(stages) : lines(Date.now());
