import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { apiDate, COLLECTIONS, synthesise, type Collection, type FakeEntity } from './entities.ts';
import { tellEntity, type FindEntity } from './tell-entity.ts';

/** How the fake is set up. */
export interface FakeMarvelOptions {
  entities?: number;
  seed?: number;
  publicKey?: string;
  privateKey?: string;
  /** Requests a day; then 429. */
  dailyLimit?: number;
}

/** A request that arrived, without its signature. */
export interface MarvelRequest {
  path: string;
  query: Record<string, string>;
  etag?: string;
  status: number;
}

/** The API, alive on a port of this machine. */
export interface FakeMarvel {
  baseUrl: string;
  keys: { publicKey: string; privateKey: string };
  requests: MarvelRequest[];
  entities(): readonly FakeEntity[];
  /** Changes an entity; the change is the newest. */
  change(collection: Collection, id: number, name: string, atMs?: number): void;
  add(collection: Collection, id: number, name: string, atMs?: number): void;
  remove(collection: Collection, id: number): void;
  /** Called before each answer: a world that moves while somebody pages through it. */
  onRequest(listener: (request: { path: string; count: number }) => void): void;
  /** The next request is answered with this status. */
  disturb(status: number): void;
  /** The quota is full again. */
  nextDay(): void;
  close(): Promise<void>;
}

interface Answer {
  status: number;
  body?: Record<string, unknown>;
}

const MAX_LIMIT = 100;
const CHANGED_MS = Date.UTC(2024, 0, 1);

// Two shapes: the gateway's {code: text, message} and the API's own {code: number, status}.
const gatewayError = (status: number, code: string, message: string): Answer => ({
  status,
  body: { code, message },
});
const apiError = (code: number, status: string): Answer => ({ status: code, body: { code, status } });

const md5 = (text: string): string => createHash('md5').update(text).digest('hex');

const isCollection = (name: string | undefined): name is Collection =>
  (COLLECTIONS as readonly (string | undefined)[]).includes(name);

const byModified = (left: FakeEntity, right: FakeEntity): number =>
  left.modifiedMs - right.modifiedMs || left.id - right.id;

class World {
  readonly #entities = new Map<string, FakeEntity>();
  #lastMs = CHANGED_MS;

  constructor(entities: FakeEntity[]) {
    for (const entity of entities) this.put(entity);
  }

  readonly find: FindEntity = (collection, id) => this.#entities.get(`${collection}/${id}`);

  put(entity: FakeEntity): void {
    this.#entities.set(`${entity.collection}/${entity.id}`, entity);
  }

  remove(collection: Collection, id: number): void {
    this.#entities.delete(`${collection}/${id}`);
  }

  all(): FakeEntity[] {
    return [...this.#entities.values()];
  }

  touch(entity: FakeEntity, atMs = this.#lastMs + 1000): void {
    this.#lastMs = atMs;
    this.put({ ...entity, modifiedMs: atMs, modified: apiDate(atMs) });
  }

  listed(collection: Collection, owner?: FakeEntity): FakeEntity[] {
    if (owner === undefined) return this.all().filter((entity) => entity.collection === collection);
    return owner.links[collection].flatMap((id) => this.find(collection, id) ?? []);
  }
}

const authError = (query: URLSearchParams, keys: FakeMarvel['keys']): Answer | undefined => {
  const [ts, apikey, hash] = ['ts', 'apikey', 'hash'].map((name) => query.get(name));
  if (apikey === null) return apiError(409, 'You must provide a user key.');
  if (hash === null) return apiError(409, 'You must provide a hash.');
  if (ts === null) return apiError(409, 'You must provide a timestamp.');
  if (apikey !== keys.publicKey)
    return gatewayError(401, 'InvalidCredentials', 'The passed API key is invalid.');
  const isSigned = hash === md5(`${ts}${keys.privateKey}${keys.publicKey}`);
  return isSigned
    ? undefined
    : gatewayError(401, 'InvalidCredentials', 'That hash, timestamp and key combination is invalid.');
};

const pagingError = (limit: number, offset: number): Answer | undefined => {
  if (!Number.isInteger(limit) || limit < 1)
    return apiError(409, 'You must pass an integer limit greater than 0.');
  if (limit > MAX_LIMIT) return apiError(409, `You may not request more than ${MAX_LIMIT} items.`);
  if (!Number.isInteger(offset) || offset < 0) return apiError(409, 'You must pass an integer offset.');
  return undefined;
};

const pageOf = (world: World, found: FakeEntity[], query: URLSearchParams, publicKey: string): Answer => {
  const [limit, offset] = [Number(query.get('limit') ?? 20), Number(query.get('offset') ?? 0)];
  const error = pagingError(limit, offset);
  if (error !== undefined) return error;
  const since = query.get('modifiedSince');
  const sinceMs = since === null ? -Infinity : Date.parse(since.replace(/([+-]\d\d)(\d\d)$/, '$1:$2'));
  if (Number.isNaN(sinceMs)) return apiError(409, "We don't recognize the parameter modifiedSince");
  const matching = found.filter(({ modifiedMs }) => modifiedMs >= sinceMs);
  if (query.get('orderBy') === 'modified') matching.sort(byModified);
  const results = matching
    .slice(offset, offset + limit)
    .map((entity) => tellEntity(entity, world.find, publicKey));
  const data = { offset, limit, total: matching.length, count: results.length, results };
  const attributionText = 'Data provided by a fake of the Marvel API. © nobody';
  const body = { code: 200, status: 'Ok', copyright: '© nobody', attributionText, etag: '', data };
  return {
    status: 200,
    body: { ...body, etag: createHash('sha1').update(JSON.stringify(data)).digest('hex') },
  };
};

const answerTo = (world: World, url: URL, publicKey: string): Answer => {
  const [, version, access, collection, id, sub] = url.pathname.split('/');
  if (version !== 'v1' || access !== 'public' || !isCollection(collection)) {
    return gatewayError(404, 'ResourceNotFound', `${url.pathname} does not exist`);
  }
  if (id === undefined) return pageOf(world, world.listed(collection), url.searchParams, publicKey);
  const entity = world.find(collection, Number(id));
  if (entity === undefined) return apiError(404, `We couldn't find that ${collection}`);
  if (sub === undefined) return pageOf(world, [entity], url.searchParams, publicKey);
  if (!isCollection(sub)) return gatewayError(404, 'ResourceNotFound', `${url.pathname} does not exist`);
  return pageOf(world, world.listed(sub, entity), url.searchParams, publicKey);
};

const send = (response: ServerResponse, { status, body }: Answer): void => {
  response.statusCode = status;
  const etag = body?.['etag'];
  if (typeof etag === 'string') response.setHeader('etag', etag);
  response.setHeader('content-type', 'application/json; charset=utf-8');
  response.end(body === undefined ? undefined : JSON.stringify(body));
};

const withoutSignature = (query: URLSearchParams): Record<string, string> =>
  Object.fromEntries([...query].filter(([name]) => !['ts', 'apikey', 'hash'].includes(name)));

/** Starts a server that speaks the dialect of the Marvel API over entities that a seed makes up. */
export const startFakeMarvel = async (options: FakeMarvelOptions = {}): Promise<FakeMarvel> => {
  const { entities = 300, seed = 1, dailyLimit = 3000 } = options;
  const { publicKey = 'public-key-of-a-fake', privateKey = 'private-key-of-a-fake' } = options;
  const keys = { publicKey, privateKey };
  const world = new World(synthesise(entities, seed));
  const requests: MarvelRequest[] = [];
  const listeners: Parameters<FakeMarvel['onRequest']>[0][] = [];
  const disturbances: number[] = [];
  let spent = 0;

  const answer = (request: IncomingMessage, url: URL): Answer => {
    if (request.method !== 'GET')
      return gatewayError(405, 'MethodNotAllowed', `${request.method} is not allowed`);
    const error = authError(url.searchParams, keys);
    if (error !== undefined) return error;
    spent += 1;
    if (spent > dailyLimit) {
      return gatewayError(
        429,
        'RequestThrottled',
        'You have exceeded your rate limit. Please try again later.',
      );
    }
    const found = answerTo(world, url, publicKey);
    const etag = request.headers['if-none-match'];
    return found.status === 200 && found.body?.['etag'] === etag ? { status: 304 } : found;
  };

  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    for (const listener of listeners) listener({ path: url.pathname, count: requests.length });
    const disturbance = disturbances.shift();
    const told = disturbance === undefined ? answer(request, url) : apiError(disturbance, 'Disturbed');
    const etag = request.headers['if-none-match'];
    const heard = { path: url.pathname, query: withoutSignature(url.searchParams), status: told.status };
    requests.push({ ...heard, ...(etag === undefined ? {} : { etag }) });
    send(response, told);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ...{ keys, requests },
    entities: () => world.all(),
    change: (collection, id, name, atMs) => {
      const known = world.find(collection, id);
      if (known !== undefined) world.touch({ ...known, name }, atMs);
    },
    add: (collection, id, name, atMs) => {
      const [like] = world.listed(collection);
      if (like !== undefined) world.touch({ ...like, id, name }, atMs);
    },
    remove: (collection, id) => world.remove(collection, id),
    onRequest: (listener) => listeners.push(listener),
    disturb: (status) => disturbances.push(status),
    nextDay: () => {
      spent = 0;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};
