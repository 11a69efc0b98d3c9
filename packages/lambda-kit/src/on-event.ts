import type { EventContract, EventDetail } from '@alluvium/contracts';
import type { Context } from 'aws-lambda';
import { dispatch, route, type DeliveredEvent, type EventHandler, type EventRoute } from './event-route.ts';
import type { Runtime } from './runtime.ts';
import { withStack, type LambdaHandler } from './stack.ts';

/** A handler that a rule invokes directly, for several kinds of events. */
export const onEvents = (routes: EventRoute[], runtime: Runtime): LambdaHandler<DeliveredEvent, void> =>
  withStack(runtime, (event, context) => dispatch(runtime, routes, event, { context, lastTry: false }));

/** A handler that a rule invokes directly, for one kind of event. */
export const onEvent = <Detail extends EventDetail>(contract: EventContract<Detail>, runtime: Runtime) => ({
  run: (handle: EventHandler<Detail>): LambdaHandler<DeliveredEvent, void> =>
    onEvents([route(contract, handle)], runtime),
});

/** A handler for events that have no contract of ours, e.g. those of S3, and for schedules. */
export const onForeignEvent = <Event>(runtime: Runtime) => ({
  run: (handle: (event: Event, context: Context) => Promise<unknown>): LambdaHandler<Event, void> =>
    withStack(runtime, async (event, context) => {
      await handle(event, context);
    }),
});
