import type { Objects } from '@alluvium/lambda-kit';
import type { PointerV1 } from '@alluvium/contracts';

/** Objects under way at once; deltas have a few megabytes. */
const AHEAD = 16;

/**
 * Reads objects that will be asked for one after the other before they are: waiting for S3 is most of the time that deltas take to
 * load. A failure is told to who asks for the object, and to nobody else.
 */
export const readAhead = (objects: Objects, pointers: readonly PointerV1[]): Objects => {
  const places = new Map(pointers.map(({ key }, index) => [key, index]));
  const reading = new Map<string, Promise<Uint8Array>>();
  const begin = (pointer: PointerV1): Promise<Uint8Array> => {
    const begun = reading.get(pointer.key) ?? objects.readBytes(pointer);
    reading.set(pointer.key, begun);
    begun.catch(() => undefined);
    return begun;
  };
  return {
    ...objects,
    readBytes: (pointer) => {
      const wanted = begin(pointer);
      const place = places.get(pointer.key) ?? pointers.length;
      for (const next of pointers.slice(place + 1, place + AHEAD)) void begin(next);
      // Nobody asks twice within an attempt, and the bytes must not stay.
      reading.delete(pointer.key);
      return wanted;
    },
  };
};
