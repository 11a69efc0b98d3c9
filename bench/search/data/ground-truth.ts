import { KernelMemory } from '@alluvium/vector-store/internals';

/** Neighbours of a query that are known for certain. */
export const TRUTH_K = 10;

const BATCH_ROWS = 2048;

class Neighbours {
  readonly ids = new Int32Array(TRUTH_K).fill(-1);
  readonly #scores = new Float64Array(TRUTH_K).fill(-Infinity);

  add(id: number, score: number): void {
    if (score <= (this.#scores[TRUTH_K - 1] ?? 0)) return;
    let place = TRUTH_K - 1;
    while (place > 0 && (this.#scores[place - 1] ?? 0) < score) {
      this.#scores[place] = this.#scores[place - 1] ?? 0;
      this.ids[place] = this.ids[place - 1] ?? -1;
      place -= 1;
    }
    this.#scores[place] = score;
    this.ids[place] = id;
  }
}

/** The ten rows nearest to each query (f32 dot products of unit vectors), best first; queries x TRUTH_K. */
export const exactNeighbours = (rows: Float32Array, queries: Float32Array, dims: number): Int32Array => {
  const memory = new KernelMemory(BATCH_ROWS * dims * 4);
  const scores = new Float32Array(memory.buffer, memory.scores, BATCH_ROWS);
  const found = Array.from({ length: queries.length / dims }, () => new Neighbours());
  for (let first = 0; first * dims < rows.length; first += BATCH_ROWS) {
    const batch = rows.subarray(first * dims, (first + BATCH_ROWS) * dims);
    const count = batch.length / dims;
    // One batch serves every query while it is in the cache.
    memory.write(memory.room, batch);
    found.forEach((neighbours, query) => {
      memory.write(memory.query, queries.subarray(query * dims, (query + 1) * dims));
      memory.exports.score_f32(memory.room, count, dims, memory.query, memory.scores);
      for (let row = 0; row < count; row += 1) neighbours.add(first + row, scores[row] ?? -Infinity);
    });
  }
  const truth = new Int32Array(found.length * TRUTH_K);
  found.forEach(({ ids }, query) => truth.set(ids, query * TRUTH_K));
  return truth;
};

/** Share of the true neighbours among what was found, over all queries; `found` may be shorter than the truth. */
export const recallOf = (found: readonly (readonly number[])[], truth: Int32Array): number => {
  const hits = found.map((ids, query) => {
    const expected = new Set(truth.subarray(query * TRUTH_K, (query + 1) * TRUTH_K));
    return ids.filter((id) => expected.has(id)).length;
  });
  return hits.reduce((sum, count) => sum + count, 0) / (found.length * TRUTH_K);
};
