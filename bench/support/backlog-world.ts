import './service-environment.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import { hashId, indexPathOf, type OutgoingEvent } from '@alluvium/contracts';
import type { Objects } from '@alluvium/lambda-kit';
import { delivered, sqsEvent, testContext } from '@alluvium/testkit';
import { encodeDelta, type Delta, type ObjectStore } from '@alluvium/vector-store';
import { makeHandler as onDeltaCreated } from '../../services/compactor/src/handlers/on-delta-created.ts';
import type { CompactorDeps } from '../../services/compactor/src/ports.ts';
import { createdEvent, deltaOf } from '../../services/compactor/test/support/deltas.ts';
import { makeWorld, type World } from '../../services/compactor/test/support/world.ts';
import { sentenceOf } from '../search/data/synthetic-texts.ts';

/** The case of the system that this one follows: batches of embeddings that waited for one merge. */
export const CASE = { deltas: 465, vectors: 26_501, dims: 384 };

const MODEL = { id: 'bench@0123456789ab', dims: CASE.dims };
export const INDEX_PATH = indexPathOf('docs', MODEL.id, MODEL.dims);
const SENTENCES = 6;

/** What S3 is like from a function: time to first byte, and what one connection gives. */
export interface Network {
  latencyMs: number;
  bytesPerMs: number;
}

export const NO_NETWORK: Network = { latencyMs: 0, bytesPerMs: Infinity };
export const S3_NETWORK: Network = { latencyMs: 25, bytesPerMs: 85_000 };

/** Requests to S3, and the bytes they moved. */
export interface Traffic {
  requests: number;
  megabytes: number;
}

const vectorOf = (row: number): Float32Array => {
  let state = (row * 2654435761 + 12345) >>> 0;
  return Float32Array.from({ length: CASE.dims }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32 - 0.5;
  });
};

const documentOf = (row: number): Delta['documents'][number] => {
  const text = Array.from({ length: SENTENCES }, (_, index) => sentenceOf(row * SENTENCES + index)).join(
    '. ',
  );
  const chunk = { chunkId: hashId(['chunk', row]), ordinal: 0, text, start: 0, end: text.length };
  return {
    documentId: `files/page#${String(row)}`,
    ...{ entity: 'page', entityId: String(row), source: 'files', title: `Page ${String(row)}` },
    attributes: {},
    revision: { fence: 1, sequence: row, contentHash: hashId(row) },
    deleted: false,
    chunks: [{ ...chunk, vector: vectorOf(row) }],
  };
};

/** The deltas of the case, as embed stores them. */
export const makeDeltas = (): { delta: Delta; bytes: Uint8Array }[] => {
  const each = Math.ceil(CASE.vectors / CASE.deltas);
  return Array.from({ length: CASE.deltas }, (_, part) => {
    const length = Math.min(each, CASE.vectors - each * part);
    const documents = Array.from({ length }, (_row, index) => documentOf(each * part + index));
    const delta = deltaOf(part, { model: MODEL, documents });
    return { delta, bytes: encodeDelta(delta) };
  });
};

/** A compactor whose inbox holds the case, and what it moves over a network. */
export class Backlog {
  readonly world: World = makeWorld();
  readonly traffic: Traffic = { requests: 0, megabytes: 0 };
  readonly #network: Network;
  #heard = 0;

  constructor(network: Network) {
    this.#network = network;
  }

  async fill(deltas: ReturnType<typeof makeDeltas>): Promise<void> {
    for (const { delta, bytes } of deltas) {
      const { runId, attempt, part, collection, deltaId, documents } = delta;
      const key = `embeddings/docs/${runId}/${String(part)}-${deltaId}`;
      const data = {
        ...{ runId, attempt, part, collection, deltaId },
        index: { path: INDEX_PATH, modelId: MODEL.id, dims: MODEL.dims },
        documents: documents.length,
        records: documents.length,
        delta: await this.world.objects.writeBytes('delta.v1', key, bytes),
      };
      const event = delivered(createdEvent(data, this.world.runtime.origin));
      await onDeltaCreated(this.world.deps)(sqsEvent([event]), testContext());
    }
    this.world.doorbell.take();
  }

  /** The compactor's world over the network. */
  deps(fanOutAfterDeltas: number): CompactorDeps {
    const { deps } = this.world;
    return { ...deps, store: this.#slowStore(), objects: this.#slowObjects(), fanOutAfterDeltas };
  }

  /** Events that were put on the bus since the last call. */
  newEvents(detailType: string): OutgoingEvent[] {
    const events = this.world.bus.events.slice(this.#heard);
    this.#heard = this.world.bus.events.length;
    return events.filter((event) => event.detailType === detailType);
  }

  async #move(bytes: number): Promise<void> {
    this.traffic.requests += 1;
    this.traffic.megabytes += bytes / 1e6;
    const { latencyMs, bytesPerMs } = this.#network;
    if (latencyMs > 0) await sleep(latencyMs + bytes / bytesPerMs);
  }

  #slowStore(): ObjectStore {
    const { store } = this.world.deps;
    return {
      ...store,
      get: async (key, options) => {
        const object = await store.get(key, options);
        await this.#move(typeof object === 'object' ? object.body.length : 0);
        return object;
      },
      put: async (key, body, ...rest) => {
        await this.#move(body.length);
        return store.put(key, body, ...rest);
      },
    };
  }

  #slowObjects(): Objects {
    const { objects } = this.world.deps;
    return {
      ...objects,
      readBytes: async (pointer) => {
        await this.#move(pointer.bytes);
        return objects.readBytes(pointer);
      },
      find: async (key) => {
        const bytes = await objects.find(key);
        await this.#move(bytes?.length ?? 0);
        return bytes;
      },
      writeBytes: async (schema, key, bytes) => {
        await this.#move(bytes.length);
        return objects.writeBytes(schema, key, bytes);
      },
      writeDocument: async (contract, key, document) => {
        await this.#move(JSON.stringify(document).length);
        return objects.writeDocument(contract, key, document);
      },
    };
  }
}
