import type { Committed } from '../invariants/contents.ts';
import { Explorer, type Exploration } from './explorer.ts';
import { runSmall, type SmallModel } from './small-world.ts';

/** The small model, walked through. */
export interface ExhaustiveReport extends Exploration {
  steps: number;
  /** What the first run that broke an invariant broke. */
  violations: string[];
  /** That run, line by line. */
  lines: readonly string[];
}

export interface ExploreOptions extends Partial<SmallModel> {
  /** Runs at most. */
  most?: number;
  progress?: (runs: number) => void;
}

/** Walks through all interleavings of the small model, or as many as are allowed; stops at the first violation. */
export const explore = async ({
  deltas = 1,
  depth = 'commit',
  most = 1_000_000,
  progress,
}: ExploreOptions = {}): Promise<ExhaustiveReport> => {
  const explorer = new Explorer();
  const seen = new Map<string, Committed>();
  const report: ExhaustiveReport = {
    interleavings: 0,
    cutOff: 0,
    isComplete: false,
    steps: 0,
    violations: [],
    lines: [],
  };
  for (let runs = 1; runs <= most; runs += 1) {
    const { steps, violation, lines } = await runSmall(explorer, { deltas, depth, seen });
    report.steps += steps;
    if (explorer.isCutOff) report.cutOff += 1;
    else report.interleavings += 1;
    progress?.(runs);
    if (violation !== undefined) {
      report.violations.push(violation);
      report.lines = lines;
      return report;
    }
    if (!explorer.turn()) {
      report.isComplete = true;
      return report;
    }
  }
  return report;
};
