import { afterAll, beforeAll, describe } from '@jest/globals';
import { archiveTests } from './eventbridge-conformance-archives.ts';
import { deliveryTests } from './eventbridge-conformance-deliveries.ts';
import { eventTests } from './eventbridge-conformance-events.ts';
import { ruleTests } from './eventbridge-conformance-rules.ts';
import { makeScenario, type EventBridgeClients } from './eventbridge-conformance-scenario.ts';

/** Endpoints under test: plain clients, and how to let go of them. */
export interface EventBridgeConnection extends EventBridgeClients {
  close(): Promise<void>;
}

/** What EventBridge promises, checked with the plain AWS SDK against any endpoint; deliveries are seen through SQS queues. */
export const eventBridgeConformance = (name: string, connect: () => Promise<EventBridgeConnection>): void => {
  describe(`${name} behaves like EventBridge`, () => {
    let connection: EventBridgeConnection;
    const scenario = makeScenario(() => connection);

    beforeAll(async () => {
      connection = await connect();
    });
    afterAll(async () => {
      await scenario.clean();
      await connection.close();
    });

    ruleTests(scenario);
    eventTests(scenario);
    deliveryTests(scenario);
    archiveTests(scenario);
  });
};
