import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { apiError, embeddingAnswer, type FakeAnswer } from './openai/embedding-answer.ts';
import { fakeBatches, type BatchFate, type FakeBatch, type Files } from './openai/fake-batches.ts';
import { readMultipart } from './openai/multipart.ts';

export type { BatchFate, FakeBatch } from './openai/fake-batches.ts';
export { fakeVector } from './openai/fake-vector.ts';

/** How the fake is set up. */
export interface FakeOpenAiOptions {
  /** The one key that it takes. */
  key?: string;
  /** Components of a vector whose size is not asked for. */
  dims?: number;
  creationsPerHour?: number;
  startMs?: number;
}

/** A request that arrived. */
export interface OpenAiRequest {
  /** `POST /embeddings` */
  name: string;
  path: string;
  /** JSON, or the fields of a form. */
  body: unknown;
  status: number;
}

/** What goes wrong with one request. */
export interface Disturbance {
  /** Answered with this status; what was asked is not done. */
  status?: number;
  headers?: Record<string, string>;
  code?: string;
  /** Done, but the connection breaks before the answer. */
  answerLost?: boolean;
}

/** The API, alive on a port of this machine. */
export interface FakeOpenAi {
  /** With /v1 at its end. */
  baseUrl: string;
  key: string;
  requests: OpenAiRequest[];
  nowMs: () => number;
  advance: (ms: number) => void;
  /** All batches, the newest first. */
  batches: () => FakeBatch[];
  /** The lines of all files that were uploaded. */
  inputLines: () => { custom_id: string; body: unknown }[];
  /** Ids of the files that are there. */
  files: () => string[];
  /** How the next batch goes; once. */
  nextBatch: (fate: BatchFate) => void;
  /** What goes wrong with the next request of this name; once. */
  disturb: (name: string, disturbance: Disturbance) => void;
  /** Changes every embedding answer. */
  onEmbedding: (change: (answer: FakeAnswer) => FakeAnswer) => void;
  close: () => Promise<void>;
}

interface Parsed {
  name: string;
  url: URL;
  body: unknown;
  file: Uint8Array | undefined;
}

const readBytes = async (request: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
};

const parse = async (request: IncomingMessage): Promise<Parsed> => {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const [, first = '', second, third] = url.pathname.replace(/^\/v1/, '').split('/');
  const shape = [first, ...(second === undefined ? [] : ['{id}']), ...(third === undefined ? [] : [third])];
  const name = `${request.method ?? 'GET'} /${shape.join('/')}`;
  const type = request.headers['content-type'] ?? '';
  const bytes = await readBytes(request);
  if (!type.startsWith('multipart/'))
    return {
      name,
      url,
      body: bytes.length === 0 ? undefined : JSON.parse(bytes.toString()),
      file: undefined,
    };
  const { fields: body, file } = readMultipart(bytes, type);
  return { name, url, body, file };
};

class World {
  readonly files: Files = new Map();
  readonly uploads: Uint8Array[] = [];
  readonly batches: ReturnType<typeof fakeBatches>;
  readonly fates: BatchFate[] = [];
  readonly dims: number;
  readonly creationsPerHour: number;
  nowMs: number;
  changeEmbedding: (answer: FakeAnswer) => FakeAnswer = (answer) => answer;
  #ids = 0;

  constructor({ dims = 8, creationsPerHour = 2000, startMs = Date.UTC(2026, 2, 1, 12) }: FakeOpenAiOptions) {
    [this.dims, this.creationsPerHour, this.nowMs] = [dims, creationsPerHour, startMs];
    this.batches = fakeBatches(this.files, { dims, newId: (kind) => this.#newId(kind) });
  }

  #newId(kind: string): string {
    this.#ids += 1;
    return kind === 'file' ? `file-${this.#ids}` : `${kind}_${this.#ids}`;
  }

  upload({ body, file }: Parsed): FakeAnswer {
    const { purpose } = (body ?? {}) as { purpose?: string };
    if (purpose !== 'batch' || file === undefined) return apiError(400, 'file and purpose are needed');
    const id = this.#newId('file');
    this.files.set(id, file);
    this.uploads.push(file);
    const created_at = Math.floor(this.nowMs / 1000);
    return {
      status: 200,
      body: {
        id,
        object: 'file',
        bytes: file.length,
        created_at,
        filename: 'f.jsonl',
        purpose,
        status: 'processed',
      },
    };
  }

  create({ body }: Parsed): FakeAnswer {
    const request = body as Parameters<World['batches']['create']>[0];
    if (this.batches.recent(this.nowMs) >= this.creationsPerHour)
      return apiError(429, 'Too many batches', 'rate_limit_exceeded', { 'retry-after': '3600' });
    if (!this.files.has(request.input_file_id)) return apiError(400, 'No such file');
    return { status: 200, body: this.batches.create(request, this.fates.shift() ?? {}, this.nowMs) };
  }

  list({ url }: Parsed): FakeAnswer {
    const all = this.batches.all(this.nowMs);
    const after = url.searchParams.get('after');
    const first = after === null ? 0 : all.findIndex(({ id }) => id === after) + 1;
    const limit = Number(url.searchParams.get('limit') ?? 20);
    const data = all.slice(first, first + limit);
    return { status: 200, body: { object: 'list', data, has_more: first + limit < all.length } };
  }

  batch({ url }: Parsed): FakeAnswer {
    const id = url.pathname.split('/').at(-1);
    const found = this.batches.all(this.nowMs).find((batch) => batch.id === id);
    return found === undefined
      ? apiError(404, `No batch found with id '${id}'.`)
      : { status: 200, body: found };
  }

  content({ url }: Parsed): FakeAnswer {
    const bytes = this.files.get(url.pathname.split('/').at(-2) ?? '');
    return bytes === undefined ? apiError(404, 'No such File object') : { status: 200, body: bytes };
  }

  remove({ url }: Parsed): FakeAnswer {
    const id = url.pathname.split('/').at(-1) ?? '';
    return this.files.delete(id)
      ? { status: 200, body: { id, object: 'file', deleted: true } }
      : apiError(404, 'No such File object');
  }

  answer(parsed: Parsed): FakeAnswer {
    switch (parsed.name) {
      case 'POST /embeddings':
        return this.changeEmbedding(embeddingAnswer(parsed.body, this.dims));
      case 'POST /files':
        return this.upload(parsed);
      case 'POST /batches':
        return this.create(parsed);
      case 'GET /batches':
        return this.list(parsed);
      case 'GET /batches/{id}':
        return this.batch(parsed);
      case 'DELETE /files/{id}':
        return this.remove(parsed);
      case 'GET /files/{id}/content':
        return this.content(parsed);
      default:
        return apiError(404, `Unknown request URL: ${parsed.name}`);
    }
  }
}

const send = (response: ServerResponse, { status, body, headers = {} }: FakeAnswer): void => {
  const isFile = body instanceof Uint8Array;
  response.writeHead(status, {
    'content-type': isFile ? 'application/octet-stream' : 'application/json',
    ...headers,
  });
  response.end(isFile ? body : JSON.stringify(body));
};

/** Starts the API of OpenAI for embeddings and batches of them, with a clock that stands still unless told. */
export const startFakeOpenAi = async (options: FakeOpenAiOptions = {}): Promise<FakeOpenAi> => {
  const { key = 'sk-test-0123456789' } = options;
  const world = new World(options);
  const requests: OpenAiRequest[] = [];
  const disturbances = new Map<string, Disturbance[]>();

  const decide = (
    parsed: Parsed,
    authorization: string | undefined,
    wrong: Disturbance | undefined,
  ): FakeAnswer => {
    if (authorization !== `Bearer ${key}`)
      return apiError(401, `Incorrect API key provided: ${authorization ?? ''}`, 'invalid_api_key');
    if (wrong?.status !== undefined)
      return apiError(wrong.status, 'disturbed', wrong.code ?? null, wrong.headers);
    return world.answer(parsed);
  };

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const parsed = await parse(request);
    const { name, url, body } = parsed;
    const wrong = disturbances.get(name)?.shift();
    const answer = decide(parsed, request.headers.authorization, wrong);
    requests.push({ name, path: `${url.pathname}${url.search}`, body, status: answer.status });
    if (wrong?.answerLost === true) request.socket.destroy();
    else send(response, answer);
  };

  const server = createServer((request, response) => {
    serve(request, response).catch((error: unknown) => {
      send(response, apiError(500, String(error)));
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    ...{ baseUrl: `http://127.0.0.1:${port}/v1`, key, requests },
    nowMs: () => world.nowMs,
    advance: (ms) => {
      world.nowMs += ms;
    },
    batches: () => world.batches.all(world.nowMs),
    inputLines: () =>
      world.uploads.flatMap((bytes) =>
        Buffer.from(bytes)
          .toString('utf8')
          .split('\n')
          .filter((line) => line !== '')
          .map((line) => JSON.parse(line) as { custom_id: string; body: unknown }),
      ),
    files: () => [...world.files.keys()],
    nextBatch: (fate) => void world.fates.push(fate),
    disturb: (name, disturbance) => {
      disturbances.set(name, [...(disturbances.get(name) ?? []), disturbance]);
    },
    onEmbedding: (change) => {
      world.changeEmbedding = change;
    },
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => {
          if (error === undefined) resolve();
          else reject(error);
        });
        server.closeAllConnections();
      }),
  };
};
