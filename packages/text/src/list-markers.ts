const MARKER = /^(?:[-*+•⁃]|\(?(?:\d{1,3}|[ivx]{1,5}|[a-zA-Z])[.)]{1,2})$/;
const COUNTED = /^(\(?)(?:(\d{1,3})|([a-y]))([.)]{1,2})$/;

/** Whether the word is what a list item starts with: a bullet, "2.", "(b)", "iv)". */
export const isListMarker = (word: string): boolean => MARKER.test(word);

/** The marker of the next item of the same list: "2)" after "1)", "(c)" after "(b)"; none after a bullet. */
export const markerAfter = (marker: string): string | undefined => {
  const [, open = '', number, letter = '', close = ''] = COUNTED.exec(marker) ?? [];
  if (close === '') return undefined;
  const next = number === undefined ? String.fromCharCode(letter.charCodeAt(0) + 1) : Number(number) + 1;
  return `${open}${next}${close}`;
};
