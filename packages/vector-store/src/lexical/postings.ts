/** Terms of one row: ids and how often each occurs. */
export interface RowTerms {
  terms: Uint32Array;
  frequencies: Uint16Array;
  /** Terms in all, repetitions counted. */
  length: number;
}

const MOST = 0xffff;

/** Gathers repeated term ids of one row. */
export const rowTermsOf = (ids: Uint32Array): RowTerms => {
  ids.sort();
  const terms = new Uint32Array(ids.length);
  const frequencies = new Uint16Array(ids.length);
  let distinct = 0;
  ids.forEach((id, index) => {
    if (index === 0 || id !== ids[index - 1]) {
      terms[distinct] = id;
      distinct += 1;
    }
    frequencies[distinct - 1] = Math.min((frequencies[distinct - 1] ?? 0) + 1, MOST);
  });
  return {
    terms: terms.subarray(0, distinct),
    frequencies: frequencies.subarray(0, distinct),
    length: ids.length,
  };
};

/** Compressed sparse rows: the entries of group g are offsets[g] to offsets[g + 1]. */
export interface SparseRows {
  offsets: Uint32Array;
  values: Uint32Array;
  frequencies: Uint16Array;
}

const groupOffsets = (values: Uint32Array, groups: number): Uint32Array => {
  const sizes = new Uint32Array(groups);
  for (const value of values) sizes[value] = (sizes[value] ?? 0) + 1;
  const offsets = new Uint32Array(groups + 1);
  sizes.forEach((size, group) => {
    offsets[group + 1] = (offsets[group] ?? 0) + size;
  });
  return offsets;
};

/** Turns rows -> terms into terms -> rows or back; values of each group come out ascending. */
export const transpose = (input: SparseRows, groups: number): SparseRows => {
  const offsets = groupOffsets(input.values, groups);
  const next = offsets.slice();
  const values = new Uint32Array(input.values.length);
  const frequencies = new Uint16Array(input.values.length);
  let row = 0;
  input.values.forEach((group, entry) => {
    while (entry >= (input.offsets[row + 1] ?? Infinity)) row += 1;
    const at = next[group] ?? 0;
    next[group] = at + 1;
    values[at] = row;
    frequencies[at] = input.frequencies[entry] ?? 0;
  });
  return { offsets, values, frequencies };
};
