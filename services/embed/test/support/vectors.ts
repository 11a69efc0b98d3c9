/** The instant provider has no vector for texts with this word. */
export const refusedWord = 'unspeakable';

/** The vector of a text is its length, in one of four directions. */
export const vectorOfText = (text: string): Float32Array =>
  Float32Array.from({ length: 4 }, (_, axis) => Number(axis === text.length % 4));
