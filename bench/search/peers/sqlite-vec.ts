import { statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { loadPeerModule, versionOf, type Peer } from './peer.ts';

interface Module {
  getLoadablePath(): string;
}

const fileIn = (folder: string): string => `${folder}index.sqlite`;

const bytesOf = (vector: Float32Array): Uint8Array =>
  new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength);

/** sqlite-vec: every row is looked at, so every neighbour is found. */
export const sqliteVec = (): Peer => {
  const extension = loadPeerModule('sqlite-vec') as Module;
  let opened: DatabaseSync | undefined;
  const openDatabase = (folder: string): DatabaseSync => {
    opened = new DatabaseSync(fileIn(folder), { allowExtension: true });
    opened.loadExtension(extension.getLoadablePath());
    return opened;
  };
  return {
    name: 'sqlite-vec',
    version: versionOf('sqlite-vec'),
    settings: 'vec0, f32, cosine',
    build: (set, folder) => {
      const database = openDatabase(folder);
      const startedMs = performance.now();
      database.exec(
        `CREATE VIRTUAL TABLE rows USING vec0(id INTEGER PRIMARY KEY, vector float[${String(set.dims)}] distance_metric=cosine)`,
      );
      const insert = database.prepare('INSERT INTO rows (id, vector) VALUES (?, ?)');
      const rows = set.rows();
      database.exec('BEGIN');
      for (let row = 0; row < set.count; row += 1)
        insert.run(BigInt(row), bytesOf(rows.subarray(row * set.dims, (row + 1) * set.dims)));
      database.exec('COMMIT');
      const buildMs = performance.now() - startedMs;
      database.close();
      opened = undefined;
      return Promise.resolve({ buildMs, bytesPerVector: statSync(fileIn(folder)).size / set.count });
    },
    open: (_set, folder) => {
      const database = openDatabase(folder);
      database.exec('PRAGMA mmap_size = 4000000000');
      const statement = database.prepare('SELECT id FROM rows WHERE vector MATCH ? AND k = ?');
      const search = (query: Float32Array, k: number): number[] =>
        statement.all(bytesOf(query), k).map(({ id }) => Number(id));
      return Promise.resolve([{ settings: 'exact', search }]);
    },
    close: () => opened?.close(),
  };
};
