/** A row and its score; `position` counts rows over all segments. */
export interface ScoredRow {
  position: number;
  score: number;
}

/** Keeps the k best of many scores in a binary heap, the worst on top. Of equal scores the lower position is better. */
export class TopK {
  readonly #limit: number;
  readonly #scores: Float64Array;
  readonly #positions: Float64Array;
  #size = 0;

  constructor(limit: number) {
    this.#limit = limit;
    this.#scores = new Float64Array(limit);
    this.#positions = new Float64Array(limit);
  }

  /** What a later score must be above to be kept; -Infinity while there is room. */
  get threshold(): number {
    return this.#size < this.#limit ? -Infinity : (this.#scores[0] ?? Infinity);
  }

  /** Positions must come in ascending order: then an equal score never displaces an earlier one. */
  push(position: number, score: number): void {
    if (this.#size < this.#limit) {
      this.#put(this.#size, position, score);
      this.#size += 1;
      this.#rise(this.#size - 1);
    } else if (this.#limit > 0 && score > (this.#scores[0] as number)) {
      this.#put(0, position, score);
      this.#sink();
    }
  }

  #put(slot: number, position: number, score: number): void {
    this.#positions[slot] = position;
    this.#scores[slot] = score;
  }

  #isWorse(left: number, right: number): boolean {
    const [one, other] = [this.#scores[left] as number, this.#scores[right] as number];
    return one < other || (one === other && (this.#positions[left] ?? 0) > (this.#positions[right] ?? 0));
  }

  #swap(left: number, right: number): void {
    const [position, score] = [this.#positions[left] as number, this.#scores[left] as number];
    this.#put(left, this.#positions[right] as number, this.#scores[right] as number);
    this.#put(right, position, score);
  }

  #rise(from: number): void {
    let slot = from;
    while (slot > 0) {
      const parent = (slot - 1) >> 1;
      if (!this.#isWorse(slot, parent)) return;
      this.#swap(slot, parent);
      slot = parent;
    }
  }

  #sink(): void {
    let slot = 0;
    for (;;) {
      const left = 2 * slot + 1;
      if (left >= this.#size) return;
      const right = left + 1;
      const worse = right < this.#size && this.#isWorse(right, left) ? right : left;
      if (!this.#isWorse(worse, slot)) return;
      this.#swap(slot, worse);
      slot = worse;
    }
  }

  /** The best first. */
  sorted(): ScoredRow[] {
    return Array.from({ length: this.#size }, (_, slot) => ({
      position: this.#positions[slot] as number,
      score: this.#scores[slot] as number,
    })).sort((left, right) => right.score - left.score || left.position - right.position);
  }
}
