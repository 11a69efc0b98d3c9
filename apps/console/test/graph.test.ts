import { describe, expect, it } from '@jest/globals';
import { graphOf } from '../src/views/contracts/graph.ts';

const graph = graphOf([
  { name: 'watch', consumes: ['run.started.v1', 'cut.v1', 'part.failed.v1'], emits: ['start.v1'] },
  { name: 'index', consumes: ['cut.v1'], emits: [] },
  { name: 'cut', consumes: ['read.v1'], emits: ['cut.v1', 'part.failed.v1'] },
  { name: 'idle', consumes: [], emits: [] },
  { name: 'read', consumes: ['start.v1', 'part.failed.v1'], emits: ['run.started.v1', 'read.v1'] },
]);

describe('the drawing of the contracts', () => {
  it('lays services out as the data flows, who hears everything last', () => {
    expect(graph.services.map(({ name }) => name)).toEqual(['read', 'cut', 'index', 'watch']);
  });

  it('has a row for every event, with who says and who hears it', () => {
    expect(graph.rows.find(({ name }) => name === 'part.failed.v1')).toEqual({
      name: 'part.failed.v1',
      from: [1],
      to: [0, 3],
    });
  });
});
