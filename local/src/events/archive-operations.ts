import type { OperationTable } from '../common/aws-json.ts';
import { pageOf, seconds, type PageRequest } from './bus-operations.ts';
import { compileEventPattern } from './event-pattern.ts';
import type { Archive, EventRegistry } from './event-registry.ts';
import {
  alreadyExists,
  constraintError,
  illegalStatus,
  notFound,
  required,
  validationError,
} from './events-errors.ts';
import type { ArchiveRecord, ReplayRecord } from './model.ts';
import type { Replayer } from './replayer.ts';

interface ArchiveRequest {
  ArchiveName?: string;
  EventSourceArn?: string;
  Description?: string;
  EventPattern?: string;
  RetentionDays?: number;
}

interface ReplayRequest {
  ReplayName?: string;
  EventSourceArn?: string;
  Description?: string;
  /** Seconds since the epoch. */
  EventStartTime?: number;
  EventEndTime?: number;
  Destination?: { Arn?: string; FilterArns?: string[] };
}

const optionsOf = ({ Description, EventPattern, RetentionDays }: ArchiveRequest): Partial<ArchiveRecord> => {
  if (EventPattern) compileEventPattern(EventPattern);
  return {
    ...(Description === undefined ? {} : { description: Description }),
    ...(EventPattern ? { eventPattern: EventPattern } : {}),
    ...(RetentionDays === undefined ? {} : { retentionDays: RetentionDays }),
  };
};

/** Archives, which keep a copy of what passes a bus, and their replays. */
export class ArchiveApi {
  private readonly registry: EventRegistry;
  private readonly replayer: Replayer;

  constructor(registry: EventRegistry, replayer: Replayer) {
    this.registry = registry;
    this.replayer = replayer;
  }

  operations(): OperationTable {
    return {
      CreateArchive: (input: ArchiveRequest) => this.create(input),
      UpdateArchive: (input: ArchiveRequest) => this.update(input),
      DescribeArchive: (input: ArchiveRequest) => this.describe(this.archive(input.ArchiveName)),
      ListArchives: (input: PageRequest & { NamePrefix?: string; EventSourceArn?: string }) =>
        this.list(input),
      DeleteArchive: async (input: ArchiveRequest) => {
        await this.registry.deleteArchive(this.archive(input.ArchiveName).record.name);
        return {};
      },
      StartReplay: (input: ReplayRequest) => this.startReplay(input),
      DescribeReplay: (input: ReplayRequest) => this.describeReplay(this.replay(input.ReplayName)),
      ListReplays: (input: PageRequest & { NamePrefix?: string; State?: string; EventSourceArn?: string }) =>
        this.listReplays(input),
      CancelReplay: (input: ReplayRequest) => this.cancelReplay(input),
    };
  }

  private archive(name: string | undefined): Archive {
    const archive = this.registry.archives.get(required(name, 'archiveName'));
    if (archive === undefined) throw notFound(`Archive ${name ?? ''}`);
    return archive;
  }

  private async create(input: ArchiveRequest): Promise<object> {
    const name = required(input.ArchiveName, 'archiveName');
    if (!/^[.\-_A-Za-z0-9]{1,48}$/.test(name))
      throw constraintError(name, 'archiveName', 'satisfy regular expression pattern: [\\.\\-_A-Za-z0-9]+');
    const bus = this.registry.bus(required(input.EventSourceArn, 'eventSourceArn')).name;
    if (this.registry.archives.has(name)) throw alreadyExists(`Archive ${name}`);
    const createdAtMs = this.registry.clock.nowMs();
    await this.registry.saveArchive({ name, bus, retentionDays: 0, createdAtMs, ...optionsOf(input) });
    return { ArchiveArn: this.arn(name), State: 'ENABLED', CreationTime: seconds(createdAtMs) };
  }

  private async update(input: ArchiveRequest): Promise<object> {
    const { record } = this.archive(input.ArchiveName);
    await this.registry.saveArchive({ ...record, ...optionsOf(input) });
    return { ArchiveArn: this.arn(record.name), State: 'ENABLED', CreationTime: seconds(record.createdAtMs) };
  }

  private arn(name: string): string {
    return this.registry.arn(`archive/${name}`);
  }

  private async describe({ record }: Archive): Promise<Record<string, unknown>> {
    let count = 0;
    let sizeBytes = 0;
    for await (const event of this.replayer.archived(record.name)) {
      count += 1;
      sizeBytes += Buffer.byteLength(JSON.stringify(event));
    }
    return {
      ArchiveArn: this.arn(record.name),
      ArchiveName: record.name,
      EventSourceArn: this.registry.busArn(record.bus),
      Description: record.description,
      EventPattern: record.eventPattern,
      State: 'ENABLED',
      RetentionDays: record.retentionDays,
      SizeBytes: sizeBytes,
      EventCount: count,
      CreationTime: seconds(record.createdAtMs),
    };
  }

  private async list(input: PageRequest & { NamePrefix?: string; EventSourceArn?: string }): Promise<object> {
    const bus = input.EventSourceArn === undefined ? undefined : this.registry.busName(input.EventSourceArn);
    const wanted = [...this.registry.archives.values()].filter(
      ({ record }) => record.name.startsWith(input.NamePrefix ?? '') && (bus ?? record.bus) === record.bus,
    );
    const { items, next } = pageOf(wanted, input);
    const shown = await Promise.all(items.map((archive) => this.describe(archive)));
    return {
      Archives: shown.map(
        ({ ArchiveArn: _arn, Description: _text, EventPattern: _pattern, ...rest }) => rest,
      ),
      ...next,
    };
  }

  private replay(name: string | undefined): ReplayRecord {
    const replay = this.registry.replays.get(required(name, 'replayName'));
    if (replay === undefined) throw notFound(`Replay ${name ?? ''}`);
    return replay;
  }

  private async startReplay(input: ReplayRequest): Promise<object> {
    const replay = this.newReplay(input);
    await this.registry.saveReplay(replay);
    this.replayer.start(replay);
    return {
      ReplayArn: this.registry.arn(`replay/${replay.name}`),
      State: 'STARTING',
      ReplayStartTime: seconds(replay.startedAtMs),
    };
  }

  private newReplay(input: ReplayRequest): ReplayRecord {
    const name = required(input.ReplayName, 'replayName');
    if (this.registry.replays.has(name)) throw alreadyExists(`Replay ${name}`);
    const source = required(input.EventSourceArn, 'eventSourceArn').replace(/^.*:archive\//, '');
    const archive = this.registry.archives.get(source);
    if (archive === undefined)
      throw validationError(
        `Parameter EventSourceArn is not valid. Reason: Archive ${source} does not exist.`,
      );
    const destination = this.registry.busName(required(input.Destination?.Arn, 'destination.arn'));
    if (destination !== archive.record.bus)
      throw validationError(
        'Parameter Destination.Arn is not valid. Reason: Cross event bus replay is not permitted.',
      );
    const fromMs = required(input.EventStartTime, 'eventStartTime') * 1000;
    const toMs = required(input.EventEndTime, 'eventEndTime') * 1000;
    if (fromMs >= toMs)
      throw validationError(
        'Parameter EventEndTime is not valid. Reason: EventStartTime must be before EventEndTime.',
      );
    return {
      name,
      archive: source,
      bus: destination,
      ...(input.Description === undefined ? {} : { description: input.Description }),
      ...(input.Destination?.FilterArns === undefined ? {} : { filterArns: input.Destination.FilterArns }),
      fromMs,
      toMs,
      state: 'STARTING',
      startedAtMs: this.registry.clock.nowMs(),
    };
  }

  private describeReplay(replay: ReplayRecord): Record<string, unknown> {
    const { lastReplayedMs, endedAtMs, filterArns } = replay;
    return {
      ReplayName: replay.name,
      ReplayArn: this.registry.arn(`replay/${replay.name}`),
      Description: replay.description,
      State: replay.state,
      EventSourceArn: this.arn(replay.archive),
      Destination: { Arn: this.registry.busArn(replay.bus), FilterArns: filterArns },
      EventStartTime: seconds(replay.fromMs),
      EventEndTime: seconds(replay.toMs),
      EventLastReplayedTime: lastReplayedMs === undefined ? undefined : seconds(lastReplayedMs),
      ReplayStartTime: seconds(replay.startedAtMs),
      ReplayEndTime: endedAtMs === undefined ? undefined : seconds(endedAtMs),
    };
  }

  private listReplays(
    input: PageRequest & { NamePrefix?: string; State?: string; EventSourceArn?: string },
  ): object {
    const archive = input.EventSourceArn?.replace(/^.*:archive\//, '');
    const wanted = [...this.registry.replays.values()].filter(
      (replay) =>
        replay.name.startsWith(input.NamePrefix ?? '') &&
        (input.State ?? replay.state) === replay.state &&
        (archive ?? replay.archive) === replay.archive,
    );
    const { items, next } = pageOf(wanted, input);
    const shown = items.map((replay) => this.describeReplay(replay));
    return {
      Replays: shown.map(({ ReplayArn: _arn, Description: _text, Destination: _bus, ...rest }) => rest),
      ...next,
    };
  }

  private async cancelReplay(input: ReplayRequest): Promise<object> {
    const replay = this.replay(input.ReplayName);
    if (replay.state !== 'STARTING' && replay.state !== 'RUNNING')
      throw illegalStatus(`Replay ${replay.name} is not in a valid state for this operation.`);
    await this.registry.saveReplay({ ...replay, state: 'CANCELLING' });
    return { ReplayArn: this.registry.arn(`replay/${replay.name}`), State: 'CANCELLING' };
  }
}
