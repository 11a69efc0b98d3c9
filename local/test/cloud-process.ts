/** A cloud of the fixture's stacks in a process of its own, to be killed: directory as the only argument. */
import { startCloud } from '../src/index.ts';
import { fixtureStacks } from './stack-fixture.ts';

const [directory = ''] = process.argv.slice(2);
const cloud = await startCloud({ root: '.', directory, stacks: fixtureStacks() });
process.send?.({ endpoints: cloud.endpoints, pid: process.pid });
process.on('disconnect', () => process.exit(0));
