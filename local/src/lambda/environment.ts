import { fork, type ChildProcess } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { environmentVariables, type ServiceEndpoints } from './environment-variables.ts';
import type { FunctionConfig } from './function-config.ts';
import type { EnvironmentMessage, FunctionError, InvokeMessage } from './ipc.ts';
import { forEachLine, type LogSink } from './log-sink.ts';
import { residentBytes } from './resident-memory.ts';

/** What became of one invocation. */
export type InvocationOutcome = { ok: true; payload: unknown } | { ok: false; error: FunctionError };

export interface InvocationRequest {
  requestId: string;
  event: unknown;
}

/** What all environments of a runner share. */
export interface EnvironmentHost {
  region: string;
  endpoints: ServiceEndpoints;
  logs: LogSink;
  /** Environments get their own folder below; it goes when they go. */
  tmpDirectory: string;
  /** Loading a bundle may take this long. */
  initTimeoutMs: number;
  /** Of MemorySize that may be resident before the environment is killed. */
  memoryLimitFactor: number;
}

const PROGRAM = fileURLToPath(new URL('environment-process.ts', import.meta.url));
const MEMORY_CHECK_MS = 1000;
const MEBIBYTE = 1024 * 1024;

const seconds = (ms: number): string => (ms / 1000).toFixed(2);

const exitError = (code: number | null, signal: NodeJS.Signals | null): FunctionError => ({
  errorType: 'Runtime.ExitError',
  errorMessage: `Runtime exited with error: ${signal === null ? `exit status ${String(code)}` : `signal: ${signal}`}`,
  trace: [],
});

/** One execution environment: a process of its own that serves one function, one invocation at a time. */
export class Environment {
  readonly id: string;
  /** When it became idle, in milliseconds since the Unix epoch. */
  idleSinceMs = 0;
  maxResidentBytes = 0;
  private readonly config: FunctionConfig;
  private readonly host: EnvironmentHost;
  private readonly child: ChildProcess;
  private readonly tmpDirectory: string;
  private readonly initialised = Promise.withResolvers<FunctionError | undefined>();
  private readonly exited = Promise.withResolvers<undefined>();
  /** Why we killed it; the error of whatever it was doing. */
  private doom: FunctionError | undefined;
  private requestId: string | undefined;
  private settle: ((outcome: InvocationOutcome) => void) | undefined;

  constructor(config: FunctionConfig, host: EnvironmentHost, id: string) {
    this.id = id;
    this.config = config;
    this.host = host;
    this.tmpDirectory = path.join(host.tmpDirectory, id);
    mkdirSync(this.tmpDirectory, { recursive: true });
    this.child = fork(PROGRAM, [], {
      cwd: config.codeDirectory,
      env: environmentVariables(config, { ...host, tmpDirectory: this.tmpDirectory, id }),
      execArgv: [`--max-old-space-size=${String(config.memoryMb)}`],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    this.listen();
  }

  /** Undefined once it is dead. */
  get pid(): number | undefined {
    return this.child.exitCode === null && this.child.signalCode === null ? this.child.pid : undefined;
  }

  get isAlive(): boolean {
    return this.pid !== undefined && this.doom === undefined;
  }

  /** Never rejects. An environment that failed other than by an error of its handler is dead afterwards. */
  async run({ requestId, event }: InvocationRequest): Promise<InvocationOutcome> {
    this.requestId = requestId;
    const initError = await this.awaitInit();
    if (initError !== undefined) return { ok: false, error: initError };
    const timeoutMs = this.config.timeoutSeconds * 1000;
    const result = new Promise<InvocationOutcome>((resolve) => (this.settle = resolve));
    const timer = setTimeout(() => {
      this.timeOut(timeoutMs);
    }, timeoutMs);
    const watch = setInterval(() => void this.checkMemory(), MEMORY_CHECK_MS);
    this.post({
      type: 'invoke',
      requestId,
      event,
      functionArn: this.config.arn,
      deadlineMs: Date.now() + timeoutMs,
    });
    const outcome = await result;
    clearTimeout(timer);
    clearInterval(watch);
    this.requestId = undefined;
    return outcome;
  }

  /** SIGKILL, as the kernel or a lost machine would. What it was doing fails with `reason`, or as an unexpected exit. */
  async kill(reason?: FunctionError): Promise<void> {
    this.doom ??= reason;
    this.child.kill('SIGKILL');
    await this.exited.promise;
  }

  private async awaitInit(): Promise<FunctionError | undefined> {
    const { initTimeoutMs } = this.host;
    const timer = setTimeout(() => {
      this.timeOut(initTimeoutMs);
    }, initTimeoutMs);
    const error = await this.initialised.promise;
    clearTimeout(timer);
    if (error !== undefined) await this.kill(error);
    return error;
  }

  private timeOut(timeoutMs: number): void {
    void this.kill({
      errorType: 'Sandbox.Timedout',
      errorMessage: `RequestId: ${this.requestId ?? ''} Error: Task timed out after ${seconds(timeoutMs)} seconds`,
      trace: [],
    });
  }

  private async checkMemory(): Promise<void> {
    const residentNow = this.pid === undefined ? undefined : await residentBytes(this.pid);
    if (residentNow !== undefined) this.noteMemory(residentNow);
  }

  private noteMemory(rssBytes: number): void {
    this.maxResidentBytes = Math.max(this.maxResidentBytes, rssBytes);
    const limitMb = this.config.memoryMb * this.host.memoryLimitFactor;
    if (this.settle === undefined || rssBytes <= limitMb * MEBIBYTE) return;
    void this.kill({
      errorType: 'Runtime.OutOfMemory',
      errorMessage: `RequestId: ${this.requestId ?? ''} Error: ${String(Math.ceil(rssBytes / MEBIBYTE))} MB are over the limit of ${String(limitMb)} MB`,
      trace: [],
    });
  }

  private post(message: InvokeMessage): void {
    // a process that dies now ends the invocation by its exit
    this.child.send(message, () => undefined);
  }

  private listen(): void {
    const { child } = this;
    child.on('message', (message) => {
      this.receive(message as EnvironmentMessage);
    });
    child.on('error', (error) => {
      this.end({ errorType: 'Runtime.ExitError', errorMessage: error.message, trace: [] });
    });
    child.on('exit', (code, signal) => {
      this.end(this.doom ?? exitError(code, signal));
    });
    for (const source of ['stdout', 'stderr'] as const) {
      const stream = child[source];
      if (stream !== null) forEachLine(stream, (text) => this.log(source, text));
    }
  }

  private log(source: 'stdout' | 'stderr', text: string): void {
    const { pid } = this.child;
    this.host.logs.write({
      functionName: this.config.name,
      pid,
      requestId: this.requestId,
      source,
      text,
    });
  }

  private receive(message: EnvironmentMessage): void {
    if (message.type === 'ready') this.initialised.resolve(undefined);
    else if (message.type === 'init-failed') this.initialised.resolve(message.error);
    else if (message.type === 'memory') this.noteMemory(message.rssBytes);
    else if (message.requestId !== this.requestId) return;
    else if (message.type === 'succeeded') this.finish({ ok: true, payload: message.payload });
    else this.finish({ ok: false, error: message.error });
  }

  private finish(outcome: InvocationOutcome): void {
    this.settle?.(outcome);
    this.settle = undefined;
  }

  private end(error: FunctionError): void {
    this.doom ??= error;
    this.initialised.resolve(error);
    this.finish({ ok: false, error });
    rmSync(this.tmpDirectory, { recursive: true, force: true });
    this.exited.resolve(undefined);
  }
}
