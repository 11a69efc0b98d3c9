import { spawn, type ChildProcess } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DataSet } from '../data.ts';
import { resolvePeerModule, versionOf, type Peer } from './peer.ts';

const BATCH_ROWS = 2000;
const START_TRIES = 100;
const HNSW = { space: 'cosine', ef_construction: 100, max_neighbors: 16, ef_search: 100 };
const API = '/api/v2/tenants/default_tenant/databases/default_database/collections';

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' ? (address?.port ?? 0) : 0));
    });
  });

const call = async <T>(url: string, method: string, body?: unknown): Promise<T> => {
  const response = await fetch(url, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`error of Chroma: ${String(response.status)} ${text}`);
  return (text === '' ? undefined : JSON.parse(text)) as T;
};

/** A Chroma server on a folder. */
class ChromaServer {
  readonly #child: ChildProcess;
  readonly #endpoint: string;
  #errors = '';

  constructor(folder: string, port: number) {
    const cli = join(dirname(resolvePeerModule('chromadb')), '../cli.mjs');
    const args = [cli, 'run', '--path', folder, '--host', '127.0.0.1', '--port', String(port)];
    this.#child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] });
    this.#child.stderr?.on('data', (chunk: Buffer) => (this.#errors += chunk.toString('utf8')));
    // The server outlives neither the end of this process nor a time limit on it.
    process.once('exit', () => this.stop()).once('SIGTERM', () => process.exit(143));
    this.#endpoint = `http://127.0.0.1:${String(port)}`;
  }

  async started(): Promise<this> {
    for (let tried = 0; tried < START_TRIES && this.#child.exitCode === null; tried += 1) {
      const alive = await fetch(`${this.#endpoint}/api/v2/heartbeat`).catch(() => undefined);
      if (alive?.ok) return this;
      await sleep(100);
    }
    this.#child.kill();
    throw new Error(this.#errors || 'error: the server of Chroma does not start');
  }

  request<T>(path: string, method = 'POST', body?: unknown): Promise<T> {
    return call<T>(`${this.#endpoint}${API}${path}`, method, body);
  }

  stop(): void {
    this.#child.kill();
  }
}

const addRows = async (server: ChromaServer, id: string, set: DataSet): Promise<void> => {
  for (let first = 0; first < set.count; first += BATCH_ROWS) {
    const end = Math.min(set.count, first + BATCH_ROWS);
    const rows = set.rowsBetween(first, end);
    const embeddings = Array.from({ length: end - first }, (_, row) =>
      Array.from(rows.subarray(row * set.dims, (row + 1) * set.dims)),
    );
    const ids = embeddings.map((_, row) => String(first + row));
    await server.request(`/${id}/add`, 'POST', { ids, embeddings });
  }
};

const sizeOf = (folder: string): number =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);

/** Chroma's server on this machine, asked over HTTP: its own process, and the vectors travel as JSON. */
export const chroma = (): Peer => {
  let server: ChromaServer | undefined;
  const start = async (folder: string): Promise<ChromaServer> => {
    server = await new ChromaServer(folder, await freePort()).started();
    return server;
  };
  return {
    name: 'Chroma',
    version: versionOf('chromadb'),
    settings: 'HNSW, M 16, ef_construction 100, over HTTP',
    build: async (set, folder) => {
      const running = await start(folder);
      const startedMs = performance.now();
      const collection = { name: 'rows', configuration: { hnsw: HNSW } };
      const { id } = await running.request<{ id: string }>('', 'POST', collection);
      await addRows(running, id, set);
      const buildMs = performance.now() - startedMs;
      running.stop();
      return { buildMs, bytesPerVector: sizeOf(folder) / set.count };
    },
    open: async (_set, folder) => {
      const running = await start(folder);
      const { id } = await running.request<{ id: string }>('/rows', 'GET');
      const search = async (query: Float32Array, k: number): Promise<number[]> => {
        const body = { query_embeddings: [Array.from(query)], n_results: k, include: ['distances'] };
        const { ids } = await running.request<{ ids: string[][] }>(`/${id}/query`, 'POST', body);
        return (ids[0] ?? []).map(Number);
      };
      return [{ settings: `ef_search ${String(HNSW.ef_search)}`, search }];
    },
    close: () => server?.stop(),
  };
};
