import {
  indexPathOf,
  mergeCompletedV1,
  PipelineError,
  sha256Hex,
  type MergeRequestedV1,
} from '@alluvium/contracts';
import { isRetryable } from '@alluvium/lambda-kit';
import {
  decodeDelta,
  encodeIntermediate,
  intermediateCounts,
  intermediateKey,
  mergeDeltas,
  mergeIntermediates,
  readIntermediate,
  type Delta,
  type DeltaRef,
  type Intermediate,
  type IntermediateTarget,
  type Manifest,
} from '@alluvium/vector-store';
import { mergeIdOf, type MergeInput } from './domain/fan-out.ts';
import type { CompactorDeps } from './ports.ts';

type Deps = Pick<CompactorDeps, 'runtime' | 'bus' | 'objects' | 'store' | 'clock'>;

// What is broken or gone is left out here: the publish meets it on its own, and says what is wrong with it.
const readDelta = async ({ objects }: Deps, { key, sha256 }: MergeInput): Promise<Delta | undefined> => {
  const bytes = await objects.find(key);
  if (bytes === undefined || sha256Hex(bytes) !== sha256) return undefined;
  try {
    return decodeDelta(bytes);
  } catch (error) {
    if (isRetryable(error)) throw error;
    return undefined;
  }
};

const refOf = ({ deltaId, runId, attempt, part }: Delta, { key }: MergeInput): DeltaRef => ({
  ...{ deltaId, runId, attempt, part, key },
});

const mergeFirst = async (
  deps: Deps,
  target: IntermediateTarget,
  inputs: readonly MergeInput[],
): Promise<Manifest> => {
  const deltas = new Map<DeltaRef, Delta>();
  for (const input of inputs) {
    const delta = await readDelta(deps, input);
    if (delta !== undefined) deltas.set(refOf(delta, input), delta);
  }
  const load = (ref: DeltaRef): Promise<Delta> => Promise.resolve(deltas.get(ref) as Delta);
  const { manifest, rejected } = await mergeDeltas(target, [...deltas.keys()], load);
  if (rejected.length > 0)
    deps.runtime.logger.warn('Deltas are left out of a merge', { deltas: rejected.length });
  return manifest;
};

const mergeAgain = async (target: IntermediateTarget, inputs: readonly MergeInput[]): Promise<Manifest> => {
  const intermediates: Intermediate[] = [];
  for (const input of inputs) intermediates.push(await readIntermediate(target.store, input));
  return mergeIntermediates(target, intermediates);
};

const assertIndex = ({ collection, index }: MergeRequestedV1['data']): void => {
  const expected = indexPathOf(collection, index.modelId, index.dims);
  if (index.path === expected) return;
  throw new PipelineError(`A merge names ${index.path}, but its index is ${expected}`, {
    code: 'INDEX_MISMATCH',
    kind: 'invalid',
    details: { path: '/data/index/path' },
  });
};

/**
 * Makes one intermediate and tells of it. What was made already is only told of again. Errors: INDEX_MISMATCH, those of the stores, and
 * of intermediates that are gone or broken; the deltas are settled in the plain way then.
 */
export const mergeGroup = async (deps: Deps, { data, metadata }: MergeRequestedV1): Promise<void> => {
  assertIndex(data);
  const { compactionId, collection, index, level, inputs } = data;
  // From the inputs, whatever the event says: another name would take the place of another merge.
  const mergeId = mergeIdOf(index.path, level, inputs);
  const key = intermediateKey(index.path, mergeId);
  const make = async (): Promise<Uint8Array> => {
    const [nowMs, publishId] = [deps.clock.nowMs(), deps.runtime.origin.newEventId()];
    const target = { store: deps.store, indexPath: index.path, nowMs, publishId, level };
    return encodeIntermediate(
      await (level === 1 ? mergeFirst(deps, target, inputs) : mergeAgain(target, inputs)),
    );
  };
  const makeAndStore = async (): Promise<Uint8Array> => {
    const made = await make();
    const { sha256 } = await deps.objects.writeBytes('manifest.v1', key, made);
    // Of two workers one was first, and it is his that counts.
    return sha256 === sha256Hex(made) ? made : ((await deps.objects.find(key)) ?? made);
  };
  const stored = (await deps.objects.find(key)) ?? (await makeAndStore());
  const { documents, chunks: records } = intermediateCounts(stored, key);
  const completed = {
    ...{ mergeId, compactionId, collection, index, level, inputs: inputs.length },
    ...{ documents, records },
    output: deps.objects.pointTo('manifest.v1', key, stored),
  };
  await deps.bus.publish(mergeCompletedV1, completed, metadata);
};
