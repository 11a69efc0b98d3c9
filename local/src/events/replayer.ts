import { keyRange, type EventRegistry } from './event-registry.ts';
import type { EventRouter } from './event-router.ts';
import type { BusEvent, ReplayRecord } from './model.ts';

const DAY_MS = 86_400_000;
/** Events accepted in one batch. */
const STEP = 100;

/** Sends archived events through their bus again. */
export class Replayer {
  private readonly registry: EventRegistry;
  private readonly router: EventRouter;
  private readonly running = new Set<Promise<void>>();
  private isClosed = false;

  constructor(registry: EventRegistry, router: EventRouter) {
    this.registry = registry;
    this.router = router;
  }

  /** Goes on with the replays that an earlier process had begun; their events may come twice. */
  resume(): void {
    for (const replay of this.registry.replays.values())
      if (replay.state === 'STARTING' || replay.state === 'RUNNING') this.start(replay);
  }

  start(replay: ReplayRecord): void {
    const run: Promise<void> = this.run(replay)
      .catch((error: unknown) => {
        console.error(error);
        return this.registry.saveReplay({
          ...replay,
          state: 'FAILED',
          endedAtMs: this.registry.clock.nowMs(),
        });
      })
      .finally(() => this.running.delete(run));
    this.running.add(run);
  }

  async close(): Promise<void> {
    this.isClosed = true;
    await Promise.all(this.running);
  }

  /** The events of an archive that are within its retention, in order of time. */
  async *archived(name: string): AsyncGenerator<BusEvent> {
    const retentionDays = this.registry.archives.get(name)?.record.retentionDays ?? 0;
    const oldestMs = retentionDays === 0 ? -Infinity : this.registry.clock.nowMs() - retentionDays * DAY_MS;
    for await (const value of this.registry.store.values(keyRange('archived', name))) {
      const event = value as BusEvent;
      if (Date.parse(event.time) >= oldestMs) yield event;
    }
  }

  private current(replay: ReplayRecord): ReplayRecord {
    return this.registry.replays.get(replay.name) ?? replay;
  }

  private async run(replay: ReplayRecord): Promise<void> {
    await this.registry.saveReplay({ ...replay, state: 'RUNNING' });
    // event times are whole seconds: one within the first second belongs to the range
    const fromMs = Math.floor(replay.fromMs / 1000) * 1000;
    let batch: BusEvent[] = [];
    for await (const event of this.archived(replay.archive)) {
      const timeMs = Date.parse(event.time);
      if (timeMs < fromMs || timeMs >= replay.toMs) continue;
      batch.push(event);
      if (batch.length < STEP) continue;
      if (!(await this.send(replay, batch))) return;
      batch = [];
    }
    if (!(await this.send(replay, batch))) return;
    const endedAtMs = this.registry.clock.nowMs();
    await this.registry.saveReplay({ ...this.current(replay), state: 'COMPLETED', endedAtMs });
  }

  /** False when the replay is to stop. */
  private async send(replay: ReplayRecord, events: BusEvent[]): Promise<boolean> {
    if (this.isClosed) return false;
    const current = this.current(replay);
    if (current.state === 'CANCELLING') {
      await this.registry.saveReplay({
        ...current,
        state: 'CANCELLED',
        endedAtMs: this.registry.clock.nowMs(),
      });
      return false;
    }
    const { bus, filterArns: onlyRules } = replay;
    await this.router.accept(
      events.map((event) => ({ bus, onlyRules, event: { ...event, 'replay-name': replay.name } })),
    );
    const last = events.at(-1);
    if (last !== undefined)
      await this.registry.saveReplay({ ...this.current(replay), lastReplayedMs: Date.parse(last.time) });
    return true;
  }
}
