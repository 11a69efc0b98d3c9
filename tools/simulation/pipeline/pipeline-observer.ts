import type {
  ChunksCreatedV1,
  DeltaCreatedV1,
  DocumentsDerivedV1,
  DocumentsFetchedV1,
  JobFailedV1,
  PartFailedV1,
  RunCompletedV1,
} from '@alluvium/contracts';
import type { ItemWritten, PutEventsRequestEntry, S3Server, Scheduler } from '@alluvium/testkit/simulation';
import {
  checkpointIsDurable,
  completedOnce,
  droppedIsCarried,
  endedIsTrue,
  jobEndsAbsorb,
  type JobMove,
} from '../invariants/pipeline.ts';
import type { Observer } from '../observer.ts';
import {
  appliedParts,
  learnDelta,
  newPipelineFacts,
  partName,
  readDerived,
  type Derived,
  type PartName,
  type PipelineFacts,
} from './pipeline-facts.ts';

interface Stored {
  pk: string;
  sk: string;
}

interface StoredCheckpoint extends Stored, PartName {
  documentId: string;
  contentHash: string;
}

interface StoredPart extends Stored {
  part: number;
  raw: { key: string; bytes: number };
}

interface StoredGeneration extends Stored {
  runId: string;
  parts: number;
  state: { key: string };
}

/** Sees what takes effect around ingest and the orchestrator, and judges it. */
export class PipelineObserver {
  readonly facts: PipelineFacts = newPipelineFacts();
  readonly #observer: Observer;
  readonly #scheduler: Scheduler;
  #s3: S3Server | undefined;
  #derived: Derived | undefined;
  readonly #parts = new Map<string, Set<number>>();

  constructor(observer: Observer, scheduler: Scheduler) {
    this.#observer = observer;
    this.#scheduler = scheduler;
  }

  watch(s3: S3Server): void {
    this.#s3 = s3;
    this.#derived = readDerived(s3);
  }

  accepted({ DetailType, Detail = '{}' }: PutEventsRequestEntry): void {
    const event = JSON.parse(Detail) as { data: unknown; metadata: { eventId: string } };
    const { facts } = this;
    if (DetailType === 'documents.fetched.v1') this.#fetched(event.data as DocumentsFetchedV1['data']);
    if (DetailType === 'documents.derived.v1') this.#derivedPart(event.data as DocumentsDerivedV1['data']);
    if (DetailType === 'delta.created.v1')
      learnDelta(this.#observer.facts, facts, this.#s3 as S3Server, event.data as DeltaCreatedV1['data']);
    if (DetailType === 'delta.rejected.v1') facts.failed.add(partName(event.data as ChunksCreatedV1['data']));
    if (DetailType === 'part.failed.v1') {
      const data = event.data as PartFailedV1['data'];
      if (data.stage === 'fetch') facts.crawlFailed.add(data.runId);
      facts.failed.add(partName(data));
    }
    if (DetailType === 'run.completed.v1') this.#completed(event as RunCompletedV1);
    // A run that is given up ends without having been completed.
    if (DetailType === 'job.failed.v1') this.#jobFailed(event as JobFailedV1);
  }

  #jobFailed({ data: { jobId, state } }: JobFailedV1): void {
    if (state !== 'failed') this.facts.givenUp.add(jobId);
  }

  #fetched(data: PartName): void {
    const name = partName(data);
    const { fetchedAtMs } = this.facts;
    fetchedAtMs.set(name, fetchedAtMs.get(name) ?? this.#scheduler.nowMs);
  }

  #derivedPart(data: DocumentsDerivedV1['data']): void {
    if (data.records === 0) this.facts.empty.add(partName(data));
    if (data.unchanged === 0) return;
    const derived = this.#derived as Derived;
    const kept = derived.ofPart(data);
    for (const [documentId, contentHash] of derived.ofRaw(data)) {
      if (kept?.get(documentId) === contentHash) continue;
      const { runId, part } = data;
      const isCarried = this.#isCarried(data, derived.carriersOf(documentId, contentHash));
      this.#observer.judge(droppedIsCarried, { documentId, runId, part, isCarried });
    }
  }

  // One whose loss ingest had heard of before this part even came to it does not count.
  #isCarried(dropper: PartName, carriers: readonly string[]): boolean {
    const { failureHeardAtMs, fetchedAtMs } = this.facts;
    const name = partName(dropper);
    const begunAtMs = fetchedAtMs.get(name) ?? Infinity;
    // What was lost may have been found: dead letters come again.
    const isApplied = (carrier: string): boolean => {
      const [runId = '', part] = carrier.split('/');
      return appliedParts(this.#observer.facts, this.facts, runId).has(Number(part));
    };
    return carriers.some(
      (carrier) =>
        carrier !== name && ((failureHeardAtMs.get(carrier) ?? Infinity) >= begunAtMs || isApplied(carrier)),
    );
  }

  /** Ingest has heard of what became of a part, and its message is deleted. */
  fateHeard(body: string): void {
    const { 'detail-type': kind, detail } = JSON.parse(body) as {
      'detail-type': string;
      detail: { data: PartName };
    };
    if (kind === 'snapshot.published.v1') return;
    const name = partName(detail.data);
    const { failureHeardAtMs } = this.facts;
    // What was applied stays applied, whatever is said of it later.
    const isApplied = appliedParts(this.#observer.facts, this.facts, detail.data.runId).has(detail.data.part);
    if (!isApplied) failureHeardAtMs.set(name, failureHeardAtMs.get(name) ?? this.#scheduler.nowMs);
  }

  #completed({ data, metadata }: RunCompletedV1): void {
    const { completions, crawlFailed, failed } = this.facts;
    const { runId, outcome } = data;
    const eventIds = (completions.get(runId) ?? new Set()).add(metadata.eventId);
    completions.set(runId, eventIds);
    const isGivenUp = this.facts.givenUp.has(runId);
    this.#observer.judge(completedOnce, { runId, eventIds: [...eventIds], isGivenUp });
    const manifest = this.#s3?.objects.get(`runs/${runId}/manifest.json`)?.body;
    const parts =
      manifest && (JSON.parse(Buffer.from(manifest).toString('utf8')) as { parts: unknown[] }).parts.length;
    const lost = [...failed].filter((name) => name.startsWith(`${runId}/`));
    this.#observer.judge(endedIsTrue, {
      ...{ runId, outcome, parts, isCrawlFailed: crawlFailed.has(runId) },
      applied: appliedParts(this.#observer.facts, this.facts, runId),
      failed: new Set(lost.map((name) => Number(name.split('/')[1]))),
    });
  }

  /** Every run has ended, and the world was told. */
  areRunsOver(): boolean {
    const { started, completions, givenUp } = this.facts;
    return [...started].every((runId) => completions.has(runId) || givenUp.has(runId));
  }

  jobWritten({ before, after }: ItemWritten): void {
    const { pk = '', sk } = (after ?? before ?? {}) as Partial<Stored>;
    if (sk !== 'job' || !pk.startsWith('job#')) return;
    const jobOf = (item: ItemWritten['after']) => item?.['job'] as JobMove['after'];
    this.#observer.judge(jobEndsAbsorb, {
      jobId: pk.slice('job#'.length),
      before: jobOf(before),
      after: jobOf(after),
    });
  }

  ingestWritten({ after }: ItemWritten): void {
    if (after === undefined) return;
    const item = after as unknown as Stored;
    const { pk, sk } = item;
    if (sk === 'run') this.facts.started.add(pk.slice('run#'.length));
    if (sk.startsWith('part#')) this.#partStored(item as StoredPart);
    if (sk === 'checkpoint') this.#passedOn(item as StoredCheckpoint);
    if (sk.startsWith('state#')) this.#crawled(item as StoredGeneration);
  }

  #missing(keys: readonly string[]): string[] {
    return keys.filter((key) => this.#s3?.objects.has(key) !== true);
  }

  #remember(what: string, missing: readonly string[]): void {
    this.#observer.judge(checkpointIsDurable, { what, missing });
  }

  #partStored({ pk, part, raw }: StoredPart): void {
    const runId = pk.slice('run#'.length);
    this.#parts.set(runId, (this.#parts.get(runId) ?? new Set()).add(part));
    this.#remember(`part ${part} of run ${runId}`, this.#missing([raw.key]));
  }

  #passedOn({ documentId, contentHash, runId, part }: StoredCheckpoint): void {
    const derived = this.#derived as Derived;
    const isThere = derived.ofPart({ runId, part })?.get(documentId) === contentHash;
    const what = `${documentId} in part ${part} of run ${runId}`;
    this.#remember(what, isThere ? [] : ['its content']);
  }

  #crawled({ runId, parts, state }: StoredGeneration): void {
    const stored = this.#parts.get(runId) ?? new Set();
    const open = Array.from({ length: parts }, (_, part) => part).filter((part) => !stored.has(part));
    const missing = [...this.#missing([state.key]), ...open.map((part) => `part ${part}`)];
    this.#remember(`the crawl of run ${runId}`, missing);
  }
}
