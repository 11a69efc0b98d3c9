import type { Section } from '../sections.ts';
import { resolvePeerModule } from '../peers/peer.ts';
import { bundleAll } from '../../support/bundles.ts';
import { importTimesMs } from '../../support/import-time.ts';
import { rounded, type Row } from '../../support/report.ts';

const SOURCES = {
  empty: 'export const handler = (event) => [event];\n',
  alluvium: `import { openSnapshot } from '@alluvium/vector-store';
export const handler = openSnapshot;
`,
};

const peerFile = (): string | undefined => {
  try {
    return resolvePeerModule('@lancedb/lancedb');
  } catch {
    return undefined;
  }
};

/** How long a fresh process takes until a store can be used. */
export const loadSection = async (rounds: number): Promise<Section> => {
  const bundles = await bundleAll(SOURCES);
  const lancedb = peerFile();
  const files: Record<string, string> = {
    'nothing (a bundle without imports)': bundles.empty.file,
    alluvium: bundles.alluvium.file,
    ...(lancedb !== undefined && { LanceDB: lancedb }),
  };
  const rows = Object.entries(importTimesMs(files, rounds)).map(([system, ms]): Row => ({
    case: 'module load',
    system,
    importMs: rounded(ms),
  }));
  return { rows, bars: [] };
};
