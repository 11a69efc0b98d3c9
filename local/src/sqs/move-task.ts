import { randomUUID } from 'node:crypto';
import { deleteMessage, putMessage, type QueueBroker } from './queue-broker.ts';
import type { Queue } from './queue.ts';
import { moveInto } from './receive.ts';
import type { Message } from './message.ts';
import { invalidParameter, invalidValue, resourceNotFound, unsupportedOperation } from './sqs-errors.ts';

type MoveTaskStatus = 'RUNNING' | 'COMPLETED' | 'CANCELLING' | 'CANCELLED' | 'FAILED';

interface MoveTask {
  handle: string;
  status: MoveTaskStatus;
  source: Queue;
  destination: Queue | undefined;
  perSecond: number | undefined;
  moved: number;
  toMove: number;
  startedAtMs: number;
  failure?: string;
}

export interface StartMoveRequest {
  SourceArn: string;
  DestinationArn?: string | undefined;
  MaxNumberOfMessagesPerSecond?: number | undefined;
}

/** Messages moved in one batch when no rate is asked for. */
const STEP = 500;

/** Moves messages out of dead-letter queues in the background. Tasks do not outlive the process; the messages do. */
export class MoveTasks {
  private readonly broker: QueueBroker;
  private tasks: MoveTask[] = [];

  constructor(broker: QueueBroker) {
    this.broker = broker;
  }

  /** Begins a task and returns its handle. */
  start({ SourceArn, DestinationArn, MaxNumberOfMessagesPerSecond: perSecond }: StartMoveRequest): string {
    const source = this.sourceOf(SourceArn);
    if (this.tasks.some((task) => task.source === source && task.status === 'RUNNING'))
      throw unsupportedOperation(
        'There is already a task running. Only one active task is allowed for a source queue arn at a given time.',
      );
    if (perSecond !== undefined && !(Number.isInteger(perSecond) && perSecond >= 1 && perSecond <= 500))
      throw invalidValue(
        'MaxNumberOfMessagesPerSecond',
        perSecond,
        'Must be between 1 and 500, if provided.',
      );
    const destination = DestinationArn === undefined ? undefined : this.broker.find(DestinationArn);
    if (DestinationArn !== undefined && destination === undefined)
      throw resourceNotFound(
        "The resource that you specified for the DestinationArn parameter doesn't exist.",
      );
    const task: MoveTask = {
      handle: Buffer.from(JSON.stringify({ taskId: randomUUID(), sourceArn: SourceArn })).toString('base64'),
      status: 'RUNNING',
      source,
      destination,
      perSecond,
      moved: 0,
      toMove: source.depth(this.broker.clock.nowMs()).visible,
      startedAtMs: this.broker.clock.nowMs(),
    };
    this.tasks = [task, ...this.tasks].slice(0, 100);
    void this.run(task);
    return task.handle;
  }

  /** Stops a running task; returns how many messages it had moved. */
  cancel(handle: string): number {
    const task = this.tasks.find((candidate) => candidate.handle === handle);
    if (task === undefined) throw resourceNotFound('Task does not exist.');
    if (task.status !== 'RUNNING')
      throw unsupportedOperation(`Only active tasks can be cancelled. Task is ${task.status}.`);
    task.status = 'CANCELLED';
    return task.moved;
  }

  /** The newest tasks of a source, newest first, as ListMessageMoveTasks shows them. */
  list(sourceArn: string, max: number): object[] {
    const source = this.sourceOf(sourceArn);
    return this.tasks
      .filter((task) => task.source === source)
      .slice(0, max)
      .map((task) => ({
        ...(task.status === 'RUNNING' ? { TaskHandle: task.handle } : {}),
        Status: task.status,
        SourceArn: task.source.arn,
        ...(task.destination === undefined ? {} : { DestinationArn: task.destination.arn }),
        ...(task.perSecond === undefined ? {} : { MaxNumberOfMessagesPerSecond: task.perSecond }),
        ApproximateNumberOfMessagesMoved: task.moved,
        ApproximateNumberOfMessagesToMove: task.toMove,
        ...(task.failure === undefined ? {} : { FailureReason: task.failure }),
        StartedTimestamp: task.startedAtMs,
      }));
  }

  private sourceOf(arn: string): Queue {
    const source = this.broker.find(arn);
    if (source === undefined)
      throw resourceNotFound("The resource that you specified for the SourceArn parameter doesn't exist.");
    const isDeadLetterQueue = this.broker
      .list()
      .some((queue) => queue.redrivePolicy?.deadLetterTargetArn === source.arn);
    if (!isDeadLetterQueue) throw invalidParameter('Source queue must be configured as a Dead Letter Queue.');
    return source;
  }

  private async run(task: MoveTask): Promise<void> {
    try {
      for (;;) {
        await this.pause(task.perSecond === undefined ? 0 : 1000);
        if (task.status !== 'RUNNING' || this.broker.isClosed) return;
        const messages = this.nextVisible(task);
        if (messages.length === 0) break;
        await this.move(task, messages);
      }
      task.status = 'COMPLETED';
    } catch (error) {
      task.status = 'FAILED';
      task.failure = error instanceof Error ? error.message : 'unknown';
    }
  }

  private pause(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      if (delayMs === 0) setImmediate(resolve);
      else this.broker.clock.after(delayMs, resolve);
    });
  }

  /** Without a destination every message goes back where it came from; one that came from nowhere stays. */
  private destinationOf(task: MoveTask, { content }: Message): Queue | undefined {
    return (
      task.destination ?? (content.sourceArn === undefined ? undefined : this.broker.find(content.sourceArn))
    );
  }

  private nextVisible(task: MoveTask): Message[] {
    const nowMs = this.broker.clock.nowMs();
    const found: Message[] = [];
    for (const message of task.source.all()) {
      if (found.length === (task.perSecond ?? STEP)) break;
      if (task.source.isVisible(message, nowMs) && this.destinationOf(task, message) !== undefined)
        found.push(message);
    }
    return found;
  }

  private async move(task: MoveTask, messages: Message[]): Promise<void> {
    const moves = messages.flatMap((message) => {
      const destination = this.destinationOf(task, message);
      return destination === undefined
        ? []
        : [{ message, destination, moved: moveInto(this.broker, message) }];
    });
    for (const { message } of moves) task.source.remove(message);
    await this.broker.commit(
      moves.flatMap(({ message, destination, moved }) => [
        ...deleteMessage(task.source, message),
        ...putMessage(destination, moved),
      ]),
    );
    for (const { destination, moved } of moves) destination.insert(moved, this.broker.clock.nowMs());
    task.moved += moves.length;
  }
}
