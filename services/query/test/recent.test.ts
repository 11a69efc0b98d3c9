import { describe, expect, it } from '@jest/globals';
import { recent } from '../src/recent.ts';

describe('recent values', () => {
  it('drop those that were used longest ago when they grow too large', () => {
    const dropped: string[] = [];
    const values = recent<string>(10, (value) => dropped.push(value));
    values.set('a', 'A', 4);
    values.set('b', 'B', 4);
    values.get('a');
    values.set('c', 'C', 4);
    expect([values.get('a'), values.get('b'), values.get('c'), dropped]).toEqual([
      'A',
      undefined,
      'C',
      ['B'],
    ]);
  });

  it('keep the newest one, however large it is', () => {
    const values = recent<string>(10);
    values.set('a', 'A', 4);
    values.set('b', 'B', 40);
    expect([values.get('a'), values.get('b')]).toEqual([undefined, 'B']);
  });

  it('tell of a value that is replaced, but not of one that is set again', () => {
    const dropped: string[] = [];
    const values = recent<string>(10, (value) => dropped.push(value));
    values.set('a', 'A', 1);
    values.set('a', 'A', 2);
    values.set('a', 'B', 1);
    expect([values.get('a'), dropped]).toEqual(['B', ['A']]);
  });
});
