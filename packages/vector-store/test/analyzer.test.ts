import { describe, expect, it } from '@jest/globals';
import { analyze } from '../src/lexical/analyzer.ts';
import { porterStem } from '../src/lexical/porter-stemmer.ts';

// The examples of Porter's paper, carried through all steps.
const STEMS: Record<string, string> = {
  caresses: 'caress',
  ponies: 'poni',
  ties: 'ti',
  cats: 'cat',
  feed: 'feed',
  agreed: 'agre',
  plastered: 'plaster',
  bled: 'bled',
  motoring: 'motor',
  sing: 'sing',
  conflated: 'conflat',
  troubled: 'troubl',
  sized: 'size',
  hopping: 'hop',
  tanned: 'tan',
  falling: 'fall',
  hissing: 'hiss',
  fizzed: 'fizz',
  failing: 'fail',
  filing: 'file',
  happy: 'happi',
  sky: 'sky',
  relational: 'relat',
  conditional: 'condit',
  rational: 'ration',
  valenci: 'valenc',
  digitizer: 'digit',
  radicalli: 'radic',
  vietnamization: 'vietnam',
  operator: 'oper',
  decisiveness: 'decis',
  hopefulness: 'hope',
  sensibiliti: 'sensibl',
  triplicate: 'triplic',
  formative: 'form',
  electriciti: 'electr',
  goodness: 'good',
  revival: 'reviv',
  allowance: 'allow',
  adjustment: 'adjust',
  adoption: 'adopt',
  homologou: 'homolog',
  effective: 'effect',
  probate: 'probat',
  rate: 'rate',
  cease: 'ceas',
  controll: 'control',
  roll: 'roll',
  generalizations: 'gener',
  oscillators: 'oscil',
};

describe('analyzer', () => {
  it.each(Object.entries(STEMS))('stems %s to %s', (word, stem) => {
    expect(porterStem(word)).toBe(stem);
  });

  it('leaves out stop words, lowers case and keeps repetitions', () => {
    expect(analyze('The Rivers and the RIVER: running_on, 42nd!')).toEqual([
      'river',
      'river',
      'running_on',
      '42nd',
    ]);
  });

  it('keeps words of other scripts whole', () => {
    expect(analyze('Größe, река; 東京')).toEqual(['größe', 'река', '東京']);
  });

  it('cuts runs that are no words', () => {
    expect(analyze('q'.repeat(1000))).toEqual(['q'.repeat(64)]);
  });
});
