import type { CompactorDeps } from '../../src/ports.ts';

/** `before`: the call that kills does nothing. `after`: it happens, and nobody hears of it. */
export type Death = { atCall: number; when: 'before' | 'after' };

/** A process that dies at one of its calls to the outside; nothing it tries later has any effect. */
export interface Mortal<Deps extends CompactorDeps> {
  deps: Deps;
  calls(): number;
}

const PORTS = ['bus', 'objects', 'store', 'inbox', 'compactions', 'doorbell'] as const;

/** Counts the calls of a process and lets it die at one of them. The ports are `deps`, the lease's table comes apart. */
export const mortal = <T extends object, Deps extends CompactorDeps>(
  ports: Deps,
  table: T,
  openLeases: (table: T) => CompactorDeps['leases'],
  death?: Death,
): Mortal<Deps> => {
  let count = 0;
  const killed = (): Error => new Error('The process was killed');
  // What lists answers at once and dies while it is read.
  const listing = async function* (list: () => AsyncIterable<unknown>): AsyncIterable<unknown> {
    count += 1;
    const atCall = death?.atCall ?? Infinity;
    if (count > atCall || (count === atCall && death?.when === 'before')) throw killed();
    yield* list();
    if (count >= atCall) throw killed();
  };
  const wrap = <Port extends object>(port: Port): Port =>
    new Proxy(port, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name);
        if (typeof member !== 'function') return member;
        if (name === 'list')
          return (...args: unknown[]) =>
            listing(() => Reflect.apply(member, target, args) as AsyncIterable<unknown>);
        return async (...args: unknown[]): Promise<unknown> => {
          count += 1;
          const atCall = death?.atCall ?? Infinity;
          if (count > atCall || (count === atCall && death?.when === 'before')) throw killed();
          const answer: unknown = await Reflect.apply(member, target, args);
          if (count >= atCall) throw killed();
          return answer;
        };
      },
    });
  const wrapped = Object.fromEntries(PORTS.map((name) => [name, wrap(ports[name])]));
  return { deps: { ...ports, ...wrapped, leases: openLeases(wrap(table)) }, calls: () => count };
};
