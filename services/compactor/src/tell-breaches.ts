import type { Breach } from './domain/invariants.ts';
import type { RegisteredIndex } from './domain/inbox-item.ts';
import type { CompactorDeps } from './ports.ts';

/** The metric that the alarm listens to. */
const METRIC = 'InvariantBroken';

/** One line in the log and one count in the metric for each broken promise. The line says which, and of what. */
export const tellBreaches = (
  { runtime }: Pick<CompactorDeps, 'runtime'>,
  { collection, indexPath }: RegisteredIndex,
  breaches: readonly Breach[],
): void => {
  for (const { invariant, message } of breaches) {
    runtime.logger.error('An invariant is broken', { collection, indexPath, invariant, reason: message });
    runtime.metrics.addMetric(METRIC, 'Count', 1);
  }
};
