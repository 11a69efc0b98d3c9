import { lexiconPlanes, openLexicon, type Lexicon } from '../../src/lexical/open-lexicon.ts';
import type { PlaneReader } from '../../src/segment/plane-reader.ts';

/** The lexicon of one of `segments` segments, as a search opens it. */
export const openedLexicon = async (
  planes: PlaneReader,
  rowCount: number,
  segments = 1,
): Promise<Lexicon> => {
  const names = lexiconPlanes(planes, segments);
  return openLexicon(planes, rowCount, await Promise.all(names.map((name) => planes.whole(name))));
};
