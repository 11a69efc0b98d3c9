import { createRequire } from 'node:module';
import type { DataSet } from '../data.ts';
import type { SearchPoint } from '../support/measure.ts';

/** What an index cost to make. */
export interface PeerBuild {
  buildMs: number;
  bytesPerVector: number;
}

/** Another vector store, in the process that measures it. */
export interface Peer {
  name: string;
  version: string;
  /** How the index is made. */
  settings: string;
  /** Makes the index of a set in a folder of its own, which is empty. */
  build(set: DataSet, folder: string): Promise<PeerBuild>;
  /** Opens what was built; points go from little effort to much. */
  open(set: DataSet, folder: string): Promise<SearchPoint[]>;
  close(): Promise<void> | void;
}

const requirePeer = createRequire(new URL('../../peers/package.json', import.meta.url));

/** A module of bench/peers; it throws when the module is not installed or does not run on this machine. */
export const loadPeerModule = (name: string): unknown => requirePeer(name);

/** Where a module of bench/peers begins. */
export const resolvePeerModule = (name: string): string => requirePeer.resolve(name);

/** Requires as a module of bench/peers does: what it brings along. */
export const requireBeside = (name: string, wanted: string): unknown =>
  createRequire(requirePeer.resolve(name))(wanted);

/** The installed version of a module of bench/peers. */
export const versionOf = (name: string): string => {
  const paths = requirePeer.resolve.paths(name) ?? [];
  for (const path of paths) {
    try {
      return (requirePeer(`${path}/${name}/package.json`) as { version: string }).version;
    } catch {
      continue;
    }
  }
  throw new Error(`${name} is not installed`);
};
