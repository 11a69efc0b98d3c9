import { readFileSync, writeFileSync } from 'node:fs';
import { decode, encode } from '@jridgewell/sourcemap-codec';

/**
 * Takes packages out of a source map: stack traces name our own lines, and what a function unpacks to is less than half of what it was.
 * The places of a segment are its column, its source, and line and column there (ECMA-426).
 */
export const keepOwnMappings = (file) => {
  const map = JSON.parse(readFileSync(file, 'utf8'));
  const own = map.sources.map((source) => !source.includes('node_modules/'));
  const lines = decode(map.mappings).map((line) => {
    const kept = line.map(([column, source, ...place]) =>
      own[source] ? [column, source, place[0], place[1]] : [column],
    );
    // Of a row of places in packages the first ends what was ours before.
    return kept.filter((segment, index) => segment.length > 1 || kept[index - 1]?.length !== 1);
  });
  const sources = map.sources.map((source, index) => (own[index] ? source : null));
  writeFileSync(file, JSON.stringify({ ...map, sources, names: [], mappings: encode(lines) }));
};
