/**
 * M. F. Porter, "An algorithm for suffix stripping", Program 14 (1980): the original rules.
 * Letters are reduced to a pattern of c (consonant) and v (vowel); the measure counts its vc changes.
 */
const patternOf = (word: string): string => {
  let pattern = '';
  for (let index = 0; index < word.length; index += 1) {
    const letter = word.charAt(index);
    const vowel = 'aeiou'.includes(letter) || (letter === 'y' && pattern.endsWith('c'));
    pattern += vowel ? 'v' : 'c';
  }
  return pattern;
};

const measure = (stem: string): number => patternOf(stem).match(/v+c+/g)?.length ?? 0;

const hasVowel = (stem: string): boolean => patternOf(stem).includes('v');

const endsDouble = (word: string): boolean => /(.)\1$/.test(word) && patternOf(word).endsWith('cc');

// consonant, vowel, consonant other than w, x, y at the end: "hop", but not "snow"
const endsShort = (word: string): boolean => patternOf(word).endsWith('cvc') && !/[wxy]$/.test(word);

type Rules = readonly (readonly [suffix: string, replacement: string])[];

// Within a step the longest suffix that fits decides, even if its condition then fails.
const sorted = (rules: Rules): Rules => [...rules].sort(([left], [right]) => right.length - left.length);

const STEP_2 = sorted([
  ['ational', 'ate'],
  ['tional', 'tion'],
  ['enci', 'ence'],
  ['anci', 'ance'],
  ['izer', 'ize'],
  ['abli', 'able'],
  ['alli', 'al'],
  ['entli', 'ent'],
  ['eli', 'e'],
  ['ousli', 'ous'],
  ['ization', 'ize'],
  ['ation', 'ate'],
  ['ator', 'ate'],
  ['alism', 'al'],
  ['iveness', 'ive'],
  ['fulness', 'ful'],
  ['ousness', 'ous'],
  ['aliti', 'al'],
  ['iviti', 'ive'],
  ['biliti', 'ble'],
]);

const STEP_3 = sorted([
  ['icate', 'ic'],
  ['ative', ''],
  ['alize', 'al'],
  ['iciti', 'ic'],
  ['ical', 'ic'],
  ['ful', ''],
  ['ness', ''],
]);

const STEP_4 = sorted(
  'al ance ence er ic able ible ant ement ment ent ion ou ism ate iti ous ive ize'
    .split(' ')
    .map((suffix) => [suffix, ''] as const),
);

const applyRules = (word: string, rules: Rules, leastMeasure: number): string => {
  const rule = rules.find(([suffix]) => word.endsWith(suffix));
  if (!rule) return word;
  const [suffix, replacement] = rule;
  const stem = word.slice(0, -suffix.length);
  if (suffix === 'ion' && !/[st]$/.test(stem)) return word;
  return measure(stem) >= leastMeasure ? stem + replacement : word;
};

const plural = (word: string): string => {
  if (word.endsWith('sses') || word.endsWith('ies')) return word.slice(0, -2);
  return word.endsWith('s') && !word.endsWith('ss') ? word.slice(0, -1) : word;
};

const repair = (stem: string): string => {
  if (/(at|bl|iz)$/.test(stem)) return `${stem}e`;
  if (endsDouble(stem) && !/[lsz]$/.test(stem)) return stem.slice(0, -1);
  return measure(stem) === 1 && endsShort(stem) ? `${stem}e` : stem;
};

const participle = (word: string): string => {
  if (word.endsWith('eed')) return measure(word.slice(0, -3)) > 0 ? word.slice(0, -1) : word;
  const suffix = ['ed', 'ing'].find((ending) => word.endsWith(ending));
  if (suffix === undefined) return word;
  const stem = word.slice(0, -suffix.length);
  return hasVowel(stem) ? repair(stem) : word;
};

const finalY = (word: string): string =>
  word.endsWith('y') && hasVowel(word.slice(0, -1)) ? `${word.slice(0, -1)}i` : word;

const finalE = (word: string): string => {
  if (!word.endsWith('e')) return word;
  const stem = word.slice(0, -1);
  const strength = measure(stem);
  return strength > 1 || (strength === 1 && !endsShort(stem)) ? stem : word;
};

const finalL = (word: string): string =>
  word.endsWith('ll') && measure(word.slice(0, -1)) > 1 ? word.slice(0, -1) : word;

/** The stem of a lower-case English word of the letters a to z. */
export const porterStem = (word: string): string => {
  if (word.length <= 2) return word;
  const inflected = finalY(participle(plural(word)));
  const derived = applyRules(applyRules(inflected, STEP_2, 1), STEP_3, 1);
  return finalL(finalE(applyRules(derived, STEP_4, 2)));
};
