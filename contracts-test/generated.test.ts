import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { GENERATED, renderAll } from '../tools/contracts/render-all.ts';

const rendered = await renderAll();

describe('packages/contracts/src/generated', () => {
  it('holds the generated files and no others', () => {
    expect(readdirSync(GENERATED).sort()).toEqual(Object.keys(rendered).sort());
  });

  it.each(Object.keys(rendered))('%s is what the schemas give (else run npm run generate)', (name) => {
    expect(readFileSync(new URL(name, GENERATED), 'utf8') === rendered[name]).toBe(true);
  });
});
