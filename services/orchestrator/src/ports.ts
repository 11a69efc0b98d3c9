import type { OperationV1, OutgoingEvent, PointerV1, SessionV1 } from '@alluvium/contracts';
import type { EventBus, Objects, oncePerEvent, Runtime } from '@alluvium/lambda-kit';
import type { ObjectStore } from '@alluvium/vector-store';
import type { ChatPrompt } from './domain/chat/prompt.ts';
import type { Job, PartFailure } from './domain/job.ts';
import type { Bucket, Counters } from './domain/progress.ts';
import type { Stage } from './domain/stages.ts';

/** One attempt of a run. */
export interface RunRef {
  runId: string;
  attempt: number;
}

/** A job as it was read; `version` counts its writes. */
export interface StoredJob {
  job: Job;
  version: number;
}

/** One page of jobs, the newest first. */
export interface JobPage {
  jobs: Job[];
  /** The last job of the page when there are more. */
  last?: JobPosition;
}

/** Place of a job among all. */
export type JobPosition = Pick<Job, 'createdAt' | 'jobId'>;

/** Jobs, written by compare-and-set. */
export interface JobStore {
  /** Sees every write that was answered before. */
  find(jobId: string): Promise<StoredJob | undefined>;
  /**
   * Writes the job when its version still is `version` (undefined: when there is none), and in the same step keeps
   * `events` in the outbox. False when somebody else was first.
   */
  save(job: Job, version: number | undefined, events?: readonly OutgoingEvent[]): Promise<boolean>;
  newest(limit: number, after?: JobPosition): Promise<JobPage>;
  /** Ids of the jobs that have not ended. */
  open(): Promise<string[]>;
}

/** An operation as it was read. */
export interface StoredOperation {
  operation: OperationV1;
  version: number;
}

/** Operations that were asked for, written like jobs. */
export interface OperationStore {
  find(operationId: string): Promise<StoredOperation | undefined>;
  save(
    operation: OperationV1,
    version: number | undefined,
    events?: readonly OutgoingEvent[],
  ): Promise<boolean>;
}

/** A conversation as it was read. */
export interface StoredSession {
  session: SessionV1;
  version: number;
}

/** Conversations, written like jobs. */
export interface SessionStore {
  find(sessionId: string): Promise<StoredSession | undefined>;
  save(session: SessionV1, version: number | undefined): Promise<boolean>;
  remove(sessionId: string): Promise<void>;
}

/** A language model that writes answers. */
export interface ChatModel {
  name: string;
  model: string;
  complete(
    prompt: ChatPrompt,
  ): Promise<{ text: string; usage: { inputTokens?: number; outputTokens?: number } }>;
}

/** A form that S3 takes. */
export interface UploadForm {
  url: string;
  fields: Record<string, string>;
}

/** Makes links and forms that need no signature of who uses them. */
export interface Presigner {
  /** URL of an object, good for so long. */
  download(key: string, expiresSeconds: number): Promise<string>;
  /** A form that puts files up to a size below a prefix, good for so long. */
  upload(limits: { prefix: string; maxBytes: number; expiresSeconds: number }): Promise<UploadForm>;
}

/** Events that belong to a write and are not known to be on the bus. */
export interface Outbox {
  /** Events that were kept before `time` (ISO 8601). */
  keptBefore(time: string): Promise<OutgoingEvent[]>;
  remove(event: OutgoingEvent): Promise<void>;
}

/** Parts that are done at a stage; all of one bucket. */
export interface StageChange {
  stage: Stage;
  parts: [number, ...number[]];
  /** Added once, with the one part that is named. */
  counters?: Partial<Counters>;
}

/** What became of the parts of a run. Every write may be repeated and come in any order. */
export interface ProgressStore {
  /** Answers with the bucket after the change. */
  close(run: RunRef, change: StageChange): Promise<Bucket>;
  /** Answers with the bucket after the change. */
  fail(run: RunRef, stage: Stage, part: number): Promise<Bucket>;
  /** Sees every write that was answered before. */
  buckets(run: RunRef): Promise<Bucket[]>;
  addFailure(run: RunRef, failure: PartFailure): Promise<void>;
  /** In order of part. */
  failures(run: RunRef): Promise<PartFailure[]>;
  addRejects(run: RunRef, part: number, rejects: PointerV1): Promise<void>;
  /** In order of part. */
  rejects(run: RunRef): Promise<PointerV1[]>;
}

/** What the orchestrator needs of the world. */
export interface OrchestratorDeps {
  runtime: Runtime;
  bus: EventBus;
  objects: Objects;
  /** The data bucket, for the collections' documents, which change. */
  store: ObjectStore;
  jobs: JobStore;
  operations: OperationStore;
  outbox: Outbox;
  progress: ProgressStore;
  presigner: Presigner;
  sessions: SessionStore;
  /** Writes answers; without one the passages are only quoted. */
  chatModel: ChatModel | undefined;
  pause: (ms: number) => Promise<unknown>;
  /** Remembers the answers to requests. */
  idempotency: Parameters<typeof oncePerEvent>[0];
  /** Remembers the outcomes of operations; a layer of Powertools serves one purpose alone. */
  operationOutcomes: Parameters<typeof oncePerEvent>[0];
}
