import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { assertProduced, sourceV1, type SourceV1 } from '@alluvium/contracts';
import { CONNECTOR_NAMES, guardedFetch, openConnector } from '../src/index.ts';
import { noFiles } from './support/conforming-source.ts';

const text = readFileSync(new URL('../../../docs/sources.md', import.meta.url), 'utf8');
const sources = [...text.matchAll(/```json\n(.*?)```/gs)].map(([, json]) => JSON.parse(json!) as SourceV1);

describe('docs/sources.md', () => {
  it('has an example of every connector', () => {
    expect(sources.map(({ connector }) => connector).sort()).toEqual([...CONNECTOR_NAMES].sort());
  });

  it.each(sources)('has a source that works as it is: $name', (source) => {
    const clock = { nowMs: () => 0, pause: async () => undefined };
    const deps = { http: guardedFetch(), clock, secrets: async () => 'secret', files: noFiles };
    expect(assertProduced(sourceV1, source)).toEqual(source);
    expect(openConnector(source, deps).name).toBe(source.connector);
  });
});
