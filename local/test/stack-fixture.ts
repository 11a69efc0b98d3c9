import { readFileSync } from 'node:fs';
import type { StackSource, Template } from '../src/stacks/template.ts';
import { CODE_DIRECTORY } from './lambda-fixture.ts';

const readTemplate = (name: string): Template =>
  JSON.parse(readFileSync(`${CODE_DIRECTORY}/${name}.json`, 'utf8')) as Template;

/** Two small stacks: bus, bucket and API; and what works with them. */
export const fixtureStacks = (): StackSource[] =>
  ['base', 'work'].map((service) => ({
    service,
    stackName: `test-${service}-dev`,
    template: readTemplate(service),
    codeDirectory: CODE_DIRECTORY,
  }));
