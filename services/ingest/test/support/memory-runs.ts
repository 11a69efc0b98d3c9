import type { Run, RunStore, StoredPart } from '../../src/ports.ts';

/** Runs kept in memory, with the same conditions as the table. */
export interface MemoryRuns extends RunStore {
  readonly runs: Map<string, Run>;
  readonly parts: Map<string, Map<number, StoredPart>>;
}

export const memoryRuns = (): MemoryRuns => {
  const runs = new Map<string, Run>();
  const parts = new Map<string, Map<number, StoredPart>>();
  return {
    runs,
    parts,
    find: async (runId) => runs.get(runId),
    register: async (run) => {
      const known = runs.get(run.runId) ?? run;
      runs.set(run.runId, known);
      return known;
    },
    seal: async (runId, attempt) => {
      const run = runs.get(runId);
      if (run !== undefined && run.sealedAttempt < attempt)
        runs.set(runId, { ...run, sealedAttempt: attempt });
    },
    partsFrom: async (runId, first) =>
      [...(parts.get(runId)?.values() ?? [])]
        .filter(({ part }) => part >= first)
        .sort((left, right) => left.part - right.part),
    addPart: async (runId, part) => {
      parts.set(runId, (parts.get(runId) ?? new Map<number, StoredPart>()).set(part.part, part));
    },
  };
};
