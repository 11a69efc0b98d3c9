import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { loadEmbedder, tokenizerOf, type Embedder } from '@alluvium/embedding';
import { train } from '../train.ts';
import { hasCompiler } from '../trainer/run-trainer.ts';
import { learnVocabulary, SPECIAL_TOKENS } from '../vocabulary/learn-vocabulary.ts';
import { PairHeap } from '../vocabulary/pair-heap.ts';
import { tokenizerFile } from '../vocabulary/tokenizer-file.ts';
import { readPairs } from '../read-pairs.ts';

const TOPICS = [
  ['heron', 'wading', 'feather', 'beak', 'nest', 'egret'],
  ['invoice', 'payment', 'ledger', 'refund', 'account', 'balance'],
  ['kettle', 'teapot', 'brewing', 'steam', 'cup', 'leaves'],
  ['glacier', 'moraine', 'ice', 'crevasse', 'meltwater', 'valley'],
  ['sonata', 'violin', 'tempo', 'chord', 'melody', 'orchestra'],
  ['compiler', 'parser', 'syntax', 'token', 'grammar', 'linker'],
];
const FRAMES = ['the {a} and the {b}', 'what is a {a} without a {b}?', 'some {a} near {b}', '{b}, then {a}'];

/** Pairs whose sides share a topic but hardly a word. */
const madeUpPairs = (): string[] => {
  const lines: string[] = [];
  for (let index = 0; index < 480; index += 1) {
    const topic = TOPICS[index % TOPICS.length]!;
    const word = (at: number) => topic[(index + at) % topic.length]!;
    const say = (frame: number, a: string, b: string) =>
      FRAMES[(index + frame) % FRAMES.length]!.replace('{a}', a).replace('{b}', b);
    const step = 1 + (Math.floor(index / 36) % 2);
    lines.push(`made-up\t${say(0, word(0), word(step))}\t${say(1, word(3), word(3 + step))}`);
  }
  return lines;
};

const dot = (a: Float32Array, b: Float32Array) => a.reduce((sum, x, d) => sum + x * b[d]!, 0);

describe('the vocabulary', () => {
  const words = new Map([
    ['river', 50],
    ['rivers', 30],
    ['driver', 20],
    ['one-off', 1],
    ['rare', 1],
  ]);

  it('begins with special tokens and characters, then learns the frequent', () => {
    const vocabulary = learnVocabulary(words, 2000);
    expect(vocabulary.slice(0, 5)).toEqual([...SPECIAL_TOKENS]);
    expect(vocabulary).toEqual(expect.arrayContaining(['a', '##a', '!', 'я', 'river', 'rivers']));
    expect(vocabulary).not.toContain('##!');
    expect(vocabulary).not.toContain('rare');
    expect(new Set(vocabulary).size).toBe(vocabulary.length);
  });

  it('of a smaller size is the beginning of the larger one', () => {
    const larger = learnVocabulary(words, 2000);
    expect(learnVocabulary(words, larger.length - 4)).toEqual(larger.slice(0, -4));
  });

  it('cuts words as its tokenizer reads them', () => {
    const vocabulary = learnVocabulary(words, 2000);
    const tokenizer = tokenizerOf(tokenizerFile(vocabulary), 'wordpiece');
    const read = (text: string) => tokenizer.encode(text, 64).map((id) => vocabulary[id]);
    expect(read('River!')).toEqual(['[CLS]', 'river', '!', '[SEP]']);
    expect(read('xyz')).toEqual(['[CLS]', 'x', '##y', '##z', '[SEP]']);
  });

  it('says so when it is too small for its characters', () => {
    expect(() => learnVocabulary(words, 100)).toThrow(RangeError);
  });

  it('takes the more frequent pair first, of equals the one that sorts first', () => {
    const heap = new PairHeap();
    for (const [key, count] of [
      ['b', 2],
      ['c', 9],
      ['a', 2],
      ['d', 1],
    ] as const)
      heap.push({ key, count });
    expect([1, 2, 3, 4, 5].map(() => heap.pop()?.key)).toEqual(['c', 'a', 'b', 'd', undefined]);
  });
});

describe('a model trained here', () => {
  let folder: string;
  let embedder: Embedder | undefined;
  const said: string[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'alluvium-train-'));
    if (!(await hasCompiler())) {
      console.warn('There is no C compiler here: nothing is trained.');
      return;
    }
    const pairs = join(folder, 'pairs.tsv');
    await writeFile(pairs, `${madeUpPairs().join('\n')}\n`);
    const directory = join(folder, 'model');
    await train({
      ...{ pairs, directory, workFolder: join(folder, 'work'), id: 'made-up', license: 'Apache-2.0' },
      ...{ vocabulary: 1200, dims: 64, training: { batch: 64, steps: 60 } },
      say: (line) => said.push(line),
    });
    embedder = await loadEmbedder({ directory });
  }, 60_000);
  afterAll(async () => {
    await embedder?.close();
    await rm(folder, { recursive: true });
  });

  it('is a directory that opens and passes its probe', async () => {
    if (embedder === undefined) return;
    expect(embedder.manifest).toMatchObject({
      id: 'made-up',
      dimensions: 64,
      precision: 'int4',
      tokenizer: 'wordpiece',
      pooling: 'in-graph',
    });
    expect(said.at(-1)).toContain('step 60');
  });

  it('puts words of a topic near to each other', async () => {
    if (embedder === undefined) return;
    for (const [index, topic] of TOPICS.entries()) {
      const other = TOPICS[(index + 1) % TOPICS.length]!;
      const [one, near, far] = await embedder.embedPassages([topic[0]!, topic[3]!, other[3]!]);
      expect(dot(one!, near!)).toBeGreaterThan(dot(one!, far!) + 0.2);
    }
  });

  it('has a unit vector for an empty text', async () => {
    const vector = await embedder?.embedQuery('');
    if (vector !== undefined) expect(dot(vector, vector)).toBeCloseTo(1, 5);
  });

  it('comes from lines of three fields only', async () => {
    const file = join(folder, 'broken.tsv');
    await writeFile(file, 'source\tonly an anchor\n');
    const reading = (async () => {
      for await (const _ of readPairs(file)) continue;
    })();
    await expect(reading).rejects.toThrow('broken.tsv:1');
  });
});
