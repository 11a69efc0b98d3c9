import type { SourceControl, SourceControls, SourcePlace } from '../../src/ports.ts';

/** What is remembered of sources, in memory. */
export interface MemoryControls extends SourceControls {
  readonly controls: Map<string, SourceControl>;
}

export const memoryControls = (): MemoryControls => {
  const controls = new Map<string, SourceControl>();
  const keyOf = ({ collection, name }: SourcePlace): string => `${collection}/${name}`;
  return {
    controls,
    read: async (places) => places.map((place) => controls.get(keyOf(place)) ?? {}),
    change: async (place, values) => {
      const changed = Object.entries({ ...controls.get(keyOf(place)), ...values });
      const kept = changed.filter(([, value]) => value !== undefined);
      controls.set(keyOf(place), Object.fromEntries(kept));
    },
    forget: async (place) => {
      controls.delete(keyOf(place));
    },
  };
};
