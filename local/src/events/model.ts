/** An event as rules match it and targets receive it. */
export interface BusEvent {
  version: '0';
  id: string;
  'detail-type': string;
  source: string;
  account: string;
  /** UTC to the second: 2026-01-31T10:00:00Z. */
  time: string;
  region: string;
  resources: string[];
  detail: object;
  /** On events that come out of an archive. */
  'replay-name'?: string;
}

export interface Tag {
  Key: string;
  Value: string;
}

export interface BusRecord {
  name: string;
  description?: string;
  createdAtMs: number;
  modifiedAtMs: number;
}

export interface InputTransformer {
  InputPathsMap?: Record<string, string>;
  InputTemplate: string;
}

export interface RetryPolicy {
  MaximumRetryAttempts?: number;
  MaximumEventAgeInSeconds?: number;
}

/** A target as PutTargets takes it; fields for kinds of targets that are not served locally are kept but not used. */
export interface Target {
  Id: string;
  Arn: string;
  Input?: string;
  InputPath?: string;
  InputTransformer?: InputTransformer;
  SqsParameters?: { MessageGroupId?: string };
  RetryPolicy?: RetryPolicy;
  DeadLetterConfig?: { Arn?: string };
}

export interface RuleRecord {
  bus: string;
  name: string;
  state: string;
  description?: string;
  eventPattern?: string;
  scheduleExpression?: string;
  roleArn?: string;
  targets: Target[];
  createdAtMs: number;
}

export interface ArchiveRecord {
  name: string;
  bus: string;
  description?: string;
  eventPattern?: string;
  /** 0 keeps events for ever. */
  retentionDays: number;
  createdAtMs: number;
}

export type ReplayState = 'STARTING' | 'RUNNING' | 'CANCELLING' | 'COMPLETED' | 'CANCELLED' | 'FAILED';

export interface ReplayRecord {
  name: string;
  archive: string;
  bus: string;
  description?: string;
  /** Only these rules see the events; all when absent. */
  filterArns?: string[];
  fromMs: number;
  toMs: number;
  state: ReplayState;
  lastReplayedMs?: number;
  startedAtMs: number;
  endedAtMs?: number;
}

/** One event on its way to one target; kept until it has arrived or is given up. */
export interface Delivery {
  id: string;
  ruleArn: string;
  target: Target;
  /** What the target gets: JSON, or text out of an input template. */
  payload: string;
  traceHeader?: string;
  /** Buses the event has passed. */
  hops: number;
  acceptedAtMs: number;
  attempts: number;
}
