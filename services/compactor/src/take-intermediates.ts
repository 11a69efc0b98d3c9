import { isRetryable } from '@alluvium/lambda-kit';
import { readIntermediate, type AppliedSet, type Intermediate } from '@alluvium/vector-store';
import { FRESH_MS, type MergeInput } from './domain/fan-out.ts';
import { contentKeyOf, type InboxItem } from './domain/inbox-item.ts';
import type { CompactorDeps } from './ports.ts';

interface Choices {
  waiting: readonly InboxItem[];
  applied: AppliedSet;
}

// Undefined when the deltas must be read themselves.
const read = async (deps: CompactorDeps, output: MergeInput): Promise<Intermediate | undefined> => {
  try {
    const intermediate = await readIntermediate(deps.store, output);
    return deps.clock.nowMs() - intermediate.createdAtMs < FRESH_MS ? intermediate : undefined;
  } catch (error) {
    if (isRetryable(error)) throw error;
    deps.runtime.logger.warn('An intermediate is of no use', { key: output.key, error: error as Error });
    return undefined;
  }
};

const areAllNew = async ({ deltas }: Intermediate, { waiting, applied }: Choices): Promise<boolean> => {
  const names = new Set(waiting.map(contentKeyOf));
  for (const delta of deltas)
    if (!names.has(contentKeyOf(delta)) || (await applied.stateOf(delta)) !== 'new') return false;
  return true;
};

/** Those intermediates of which every delta waits and is new to the snapshot. Errors: those of the store. */
export const takeIntermediates = async (
  deps: CompactorDeps,
  outputs: readonly MergeInput[],
  choices: Choices,
): Promise<Intermediate[]> => {
  const taken: Intermediate[] = [];
  for (const output of outputs) {
    const intermediate = await read(deps, output);
    if (intermediate !== undefined && (await areAllNew(intermediate, choices))) taken.push(intermediate);
  }
  return taken;
};
