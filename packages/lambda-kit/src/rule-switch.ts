import { DisableRuleCommand, EnableRuleCommand, type EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { eventBridgeClient } from './clients.ts';

/** A schedule that is on only while there is something to do. */
export interface RuleSwitch {
  enable: () => Promise<void>;
  disable: () => Promise<void>;
}

/** Turns a rule of the default bus on and off; doing it twice changes nothing. */
export const ruleSwitch = (
  name: string,
  client: () => Pick<EventBridgeClient, 'send'> = eventBridgeClient,
): RuleSwitch => ({
  enable: async () => {
    await client().send(new EnableRuleCommand({ Name: name }));
  },
  disable: async () => {
    await client().send(new DisableRuleCommand({ Name: name }));
  },
});
