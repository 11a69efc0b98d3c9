import { randomUUID } from 'node:crypto';
import { isEnabled, type EventRegistry, type Rule } from './event-registry.ts';
import { eventTime, type EventRouter } from './event-router.ts';
import { parseSchedule } from './schedule.ts';

/** Fires the rules that have a schedule. Moments that pass while the process is down are not made up for, as a rule on AWS would have fired then. */
export class Scheduler {
  private readonly registry: EventRegistry;
  private readonly router: EventRouter;
  private readonly timers = new Map<string, () => void>();

  constructor(registry: EventRegistry, router: EventRouter) {
    this.registry = registry;
    this.router = router;
  }

  /** Starts, restarts or stops the schedule of a rule, after what the rule says now. */
  update(rule: Rule): void {
    this.stop(rule.arn);
    const { scheduleExpression, createdAtMs } = rule.record;
    if (scheduleExpression === undefined || !isEnabled(rule)) return;
    const next = parseSchedule(scheduleExpression, createdAtMs);
    const arm = (): void => {
      const nowMs = this.registry.clock.nowMs();
      const dueAtMs = next(nowMs);
      if (dueAtMs === undefined) return;
      const stop = this.registry.clock.after(dueAtMs - nowMs, () => {
        // a timer over weeks may ring early
        if (this.registry.clock.nowMs() >= dueAtMs) this.fire(rule.arn, rule.record.bus, rule.record.name);
        arm();
      });
      this.timers.set(rule.arn, stop);
    };
    arm();
  }

  stop(ruleArn: string): void {
    this.timers.get(ruleArn)?.();
    this.timers.delete(ruleArn);
  }

  close(): void {
    for (const stop of this.timers.values()) stop();
    this.timers.clear();
  }

  private fire(ruleArn: string, bus: string, name: string): void {
    const rule = this.registry.findRule(bus, name);
    if (rule === undefined) return;
    this.router
      .fire(rule, {
        version: '0',
        id: randomUUID(),
        'detail-type': 'Scheduled Event',
        source: 'aws.events',
        account: this.registry.accountId,
        time: eventTime(this.registry.clock.nowMs()),
        region: this.registry.region,
        resources: [ruleArn],
        detail: {},
      })
      .catch(console.error);
  }
}
