import { expect, it } from '@jest/globals';
import { ruleSwitch } from '@alluvium/lambda-kit';

it('turns a rule of the default bus on and off by its name', async () => {
  const sent: [string, unknown][] = [];
  const send = async (command: { constructor: { name: string }; input: unknown }): Promise<void> => {
    sent.push([command.constructor.name, command.input]);
  };
  const schedule = ruleSwitch('polls', () => ({ send }) as never);
  await schedule.enable();
  await schedule.disable();
  expect(sent).toEqual([
    ['EnableRuleCommand', { Name: 'polls' }],
    ['DisableRuleCommand', { Name: 'polls' }],
  ]);
});
