import {
  mergeCompletedV1,
  mergeRequestedV1,
  type EventContract,
  type EventDetail,
  type OutgoingEvent,
} from '@alluvium/contracts';
import { delivered, sqsEvent, testContext } from '@alluvium/testkit';
import { readHead, verifySnapshot, type Head } from '@alluvium/vector-store';
import { expect } from '@jest/globals';
import { makeHandler as onMergeCompleted } from '../../src/handlers/on-merge-completed.ts';
import { makeHandler as onMergeRequested } from '../../src/handlers/on-merge-requested.ts';
import type { CompactorDeps } from '../../src/ports.ts';
import { deltaOf, INDEX_PATH } from './deltas.ts';
import { announced, answer, arrive, makeWorld, type World } from './world.ts';

const INDEX = { collection: 'docs', indexPath: INDEX_PATH };

const HANDLERS: Record<string, (deps: CompactorDeps) => ReturnType<typeof onMergeRequested>> = {
  [mergeRequestedV1.name]: onMergeRequested,
  [mergeCompletedV1.name]: onMergeCompleted,
};

/** 0, 1 and so on: so many numbers. */
export const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

/** A world in which more than 20 deltas are a backlog, and its merges are delivered by hand. */
export class Backlog {
  readonly world: World = makeWorld();
  /** How far the bus was read. */
  #heard = 0;

  depsOf(fanOutAfterDeltas: number): CompactorDeps {
    return { ...this.world.deps, fanOutAfterDeltas };
  }

  /** Gives an event of merges to its handler; tells how many messages failed. */
  async deliver(event: OutgoingEvent, deps = this.depsOf(20), receives = 1): Promise<number> {
    const handler = HANDLERS[event.detailType]?.(deps);
    const batch = sqsEvent([delivered(event)], receives);
    return (await handler?.(batch, testContext()))?.batchItemFailures.length ?? 0;
  }

  /** The events of merges since the last call. */
  nextEvents(): OutgoingEvent[] {
    const events = this.world.bus.events.slice(this.#heard);
    this.#heard += events.length;
    return events.filter(({ detailType }) => detailType in HANDLERS);
  }

  /** Delivers merges and what follows from them; `arrange` may lose, repeat and shuffle what is delivered at once. */
  async mergeAll(arrange = (events: OutgoingEvent[]): OutgoingEvent[] => events): Promise<void> {
    for (let events = this.nextEvents(); events.length > 0; events = this.nextEvents())
      for (const event of arrange(events)) await this.deliver(event);
  }

  async ring(deps = this.depsOf(20)): Promise<void> {
    this.world.doorbell.take();
    await this.world.doorbell.ring(INDEX, 0);
    await answer(this.world, deps);
  }

  async answerWaiting(): Promise<void> {
    for (let rounds = 0; rounds < 20 && this.world.doorbell.rings.length > 0; rounds += 1)
      await answer(this.world, this.depsOf(20));
  }

  /** Lets deltas arrive while nobody looks. */
  async fill(count: number, first = 0): Promise<void> {
    for (let part = first; part < first + count; part += 1) await arrive(this.world, deltaOf(part));
    this.world.doorbell.take();
  }

  levelsOf<Detail extends EventDetail<{ level: number }>>(contract: EventContract<Detail>): number[] {
    return this.world.bus.dataOf(contract).map(({ level }) => level);
  }

  async head(): Promise<Head | undefined> {
    return (await readHead(this.world.store, INDEX_PATH))?.head;
  }

  async announcedParts(): Promise<number[]> {
    const parts = (await announced(this.world)).flat().map(({ part }) => part);
    return parts.sort((left, right) => left - right);
  }

  async expectSettled(count: number): Promise<void> {
    expect(this.world.inbox.waiting.size).toBe(0);
    expect(await this.announcedParts()).toEqual(upTo(count));
    expect(await this.head()).toMatchObject({ counts: { documents: count, chunks: count } });
    expect(await verifySnapshot(this.world.store, INDEX_PATH)).toMatchObject({ problems: [] });
  }
}
