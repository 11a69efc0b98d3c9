/** Runs the work given for one name strictly one after another; names do not wait for each other. */
export class NamedMutex {
  readonly #tails = new Map<string, Promise<void>>();

  async run<T>(name: string, work: () => Promise<T>): Promise<T> {
    const before = this.#tails.get(name);
    const turn = Promise.withResolvers<undefined>();
    this.#tails.set(name, turn.promise);
    await before;
    try {
      return await work();
    } finally {
      if (this.#tails.get(name) === turn.promise) this.#tails.delete(name);
      turn.resolve(undefined);
    }
  }
}
