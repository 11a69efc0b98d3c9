import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { openSnapshot, s3ObjectStore } from '@alluvium/vector-store';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { Connection } from '../../src/connection.ts';

const MAIN = fileURLToPath(new URL('../../bin/alluvium.mjs', import.meta.url));
const START_MS = 240_000;

/** A whole stack in a process of its own, driven by the command line as a person would. */
export class Stack {
  readonly #state: string;
  #process: ChildProcess | undefined;

  constructor(state: string) {
    this.#state = state;
  }

  get #connectionFile(): string {
    return join(this.#state, 'connection.json');
  }

  /** Resolved once the stack answers. */
  async start(): Promise<void> {
    rmSync(this.#connectionFile, { force: true });
    const child = spawn(process.execPath, [MAIN, 'up', '--state', this.#state], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.#process = child;
    let said = '';
    child.stderr.on('data', (data: Buffer) => (said += data.toString()));
    for (const until = Date.now() + START_MS; !existsSync(this.#connectionFile);) {
      if (child.exitCode !== null || Date.now() > until) throw new Error(`The stack did not start:\n${said}`);
      await sleep(50);
    }
  }

  /** SIGKILLs the servers; the functions die with them. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  async stop(): Promise<void> {
    await this.#end('SIGINT');
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#process;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await ended;
  }

  /** Runs a command with --json; its answer, or its error text and exit code. */
  async run(...args: string[]): Promise<{ code: number; json: unknown; stderr: string }> {
    const env = { ...process.env, ALLUVIUM_STATE: this.#state };
    const child = spawn(process.execPath, [MAIN, ...args, '--json'], { env });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (data: Buffer) => (stdout += data.toString()));
    child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
    const code = await new Promise<number>((resolve) => child.on('close', (status) => resolve(status ?? -1)));
    return { code, stderr, json: stdout === '' ? undefined : (JSON.parse(stdout) as unknown) };
  }

  /** Where the stack answers. */
  get connection(): Connection {
    return JSON.parse(readFileSync(this.#connectionFile, 'utf8')) as Connection;
  }

  /** A plain client of the stack's S3. */
  get s3(): S3Client {
    return new S3Client({
      region: 'eu-west-1',
      endpoint: this.connection.awsEndpoints['AWS_ENDPOINT_URL_S3'] ?? '',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    });
  }

  /** Ids of the chunks that a search of the collection can find, sorted. */
  async searchableChunks(collection: string): Promise<string[]> {
    const { bucket } = this.connection;
    const client = this.s3;
    const Key = `collections/${collection}.json`;
    const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key }));
    const { active } = JSON.parse((await Body?.transformToString()) ?? '{}') as { active?: { path: string } };
    if (active === undefined) return [];
    const snapshot = await openSnapshot(s3ObjectStore({ client, bucket }), active.path);
    const ids = (await snapshot?.listChunkIds()) ?? [];
    return [...ids].sort();
  }
}
