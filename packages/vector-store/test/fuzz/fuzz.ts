import { memoryObjectStore, type Delta } from '../../src/index.ts';
import { DIMS, formatDocument, FORMAT_PATH } from '../format/corpus.ts';
import { committed } from '../publisher.ts';
import { containerTargets } from './container-targets.ts';
import { importTargets } from './import-targets.ts';
import { readIndexObjects } from './index-objects.ts';
import { indexTargets } from './index-targets.ts';
import { largeTargets } from './large-targets.ts';
import { attempt } from './outcome.ts';
import { randomOf } from './random.ts';
import type { FuzzTarget } from './target.ts';

const publishSmall = async () => {
  const store = memoryObjectStore();
  const ids = Array.from({ length: 40 }, (_, id) => id);
  const rounds = [
    ids.map((id) => formatDocument(id, 1)),
    [formatDocument(7, 2), formatDocument(10, 2), formatDocument(11, 2, true)],
  ];
  for (const [part, documents] of rounds.entries()) {
    const model = { id: 'tiny@0123456789ab', dims: DIMS };
    const delta: Delta = {
      ...{ deltaId: `delta-${part}`, collection: 'docs', runId: 'run', attempt: 1, part },
      ...{ model, documents },
    };
    await committed(store, [delta], { indexPath: FORMAT_PATH });
  }
  return readIndexObjects(store, FORMAT_PATH);
};

/** Everything that reads what others may have written; `large` segments take seconds to make. */
export const fuzzTargets = async ({ large }: { large: boolean }): Promise<FuzzTarget[]> => {
  const objects = await publishSmall();
  const segment = objects.bodies.get(objects.manifest.index.segments[0]?.key ?? '') ?? new Uint8Array();
  return [
    ...containerTargets(segment),
    ...(await indexTargets(objects)),
    ...(await importTargets()),
    ...(large ? await largeTargets() : []),
  ];
};

/** What the inputs of one target came to. */
export interface FuzzTally {
  answered: number;
  /** Refusals by code. */
  refused: Record<string, number>;
  violations: { seed: number; what: string }[];
}

/** Runs seeds `from` to before `to` against a target. `onInput` is told before each. */
export const fuzz = async (
  target: FuzzTarget,
  { from, to, mostMs }: { from: number; to: number; mostMs: number },
  onInput: (seed: number) => void = () => undefined,
): Promise<FuzzTally> => {
  const tally: FuzzTally = { answered: 0, refused: {}, violations: [] };
  for (let seed = from; seed < to; seed += 1) {
    onInput(seed);
    const { kind, what } = await attempt(() => target.run(randomOf(seed)), mostMs);
    if (kind === 'answered') tally.answered += 1;
    else if (kind === 'refused') tally.refused[what] = (tally.refused[what] ?? 0) + 1;
    else tally.violations.push({ seed, what });
  }
  return tally;
};
