import { gcReportV1 } from '@alluvium/contracts';
import type { Operation, OperationRequest, OperationResult } from '@alluvium/lambda-kit';
import {
  collectGarbage,
  DEFAULT_RETENTION,
  readHead,
  type GarbageReport,
  type Retention,
} from '@alluvium/vector-store';
import type { RegisteredIndex } from '../domain/inbox-item.ts';
import type { OperationDeps } from '../ports.ts';
import { auditedStore } from './audited-store.ts';
import { counted, reportAt } from './report.ts';
import { retentionOf, targetIndex } from './target-index.ts';
import { underLease } from './under-lease.ts';

const DAY_MS = 24 * 3600 * 1000;

type Deps = OperationDeps;

const retentionFor = async (
  deps: Deps,
  { collection }: RegisteredIndex,
  { args }: OperationRequest,
): Promise<Retention> => {
  const own = await retentionOf(deps, collection);
  const days = (asked: number | undefined, kept: number | undefined, otherwiseMs: number): number => {
    const wanted = asked ?? kept;
    return wanted === undefined ? otherwiseMs : wanted * DAY_MS;
  };
  return {
    newest: args.keepVersions ?? own.keepVersions ?? DEFAULT_RETENTION.newest,
    allForMs: days(args.keepDays, own.keepDays, DEFAULT_RETENTION.allForMs),
    dailyForMs: days(args.keepDaily, own.keepDaily, DEFAULT_RETENTION.dailyForMs),
  };
};

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;

const summaryOf = ({ dryRun, deleted, marked, noncurrent }: GarbageReport): string => {
  const would = dryRun ? 'would be ' : '';
  const gone = `${counted(deleted.objects, 'object')} (${megabytes(deleted.bytes)}) ${would}deleted`;
  return `${gone}, with ${counted(noncurrent.objects, 'old version')}; ${marked.objects} ${would}marked for later.`;
};

// The report of a dry run is written by whoever looked: the engine changes nothing then.
const look = async (deps: Deps, indexPath: string, retention: Retention): Promise<OperationResult> => {
  const { store, clock, runtime, objects } = deps;
  const fence = (await readHead(store, indexPath))?.head.fence ?? 0;
  const newId = (): string => runtime.origin.newEventId();
  const looker = { store, indexPath, fence, checkLease: () => undefined, clock, newId };
  const found = await collectGarbage({ ...looker, retention, dryRun: true });
  if (found === undefined) return NOTHING;
  const report = await objects.writeDocument(gcReportV1, reportKey(indexPath, found), found);
  return { summary: summaryOf(found), report };
};

const NOTHING: OperationResult = { summary: 'Nothing is published, and nothing is to be collected.' };

const reportKey = (indexPath: string, { gcId }: GarbageReport): string =>
  `${indexPath}gc/reports/${gcId}.json`;

/** collect-garbage: one cycle, or with `dryRun` what it would do. What is not told is kept as the collection's document says. */
export const collectGarbageOfIndex =
  (deps: Deps): Operation =>
  async (args, request) => {
    const index = await targetIndex(deps, request);
    const { indexPath } = index;
    const retention = await retentionFor(deps, index, request);
    if (args.dryRun === true) return look(deps, indexPath, retention);
    const { operationId, requestedBy } = request;
    const audit = auditedStore(deps, { operationId, requestedBy, indexPath });
    try {
      const done = await underLease(deps, indexPath, request, (writer) =>
        collectGarbage({ ...writer, store: audit.store, retention, dryRun: false }),
      );
      if (done === undefined) return NOTHING;
      const report = await reportAt(deps, 'gc-report.v1', reportKey(indexPath, done));
      return { summary: summaryOf(done), report };
    } finally {
      audit.flush();
    }
  };
