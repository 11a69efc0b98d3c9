/** M. F. Porter, An algorithm for suffix stripping, Program 14 (1980). */
const isConsonant = (word: string, at: number): boolean => {
  if ('aeiou'.includes(word.charAt(at))) return false;
  return word.charAt(at) !== 'y' || at === 0 || !isConsonant(word, at - 1);
};

// The m of [C](VC)^m[V].
const measure = (stem: string): number => {
  let changes = 0;
  for (let at = 1; at < stem.length; at += 1)
    if (isConsonant(stem, at) && !isConsonant(stem, at - 1)) changes += 1;
  return changes;
};

const hasVowel = (stem: string): boolean => Array.from(stem).some((_, at) => !isConsonant(stem, at));

const endsTwice = (stem: string): boolean =>
  stem.length > 1 && stem.at(-1) === stem.at(-2) && isConsonant(stem, stem.length - 1);

const endsCvc = (stem: string): boolean => {
  const last = stem.length - 1;
  return (
    last >= 2 &&
    isConsonant(stem, last) &&
    !isConsonant(stem, last - 1) &&
    isConsonant(stem, last - 2) &&
    !'wxy'.includes(stem.charAt(last))
  );
};

const STEP_2 =
  'ational:ate tional:tion enci:ence anci:ance izer:ize abli:able alli:al entli:ent eli:e ousli:ous ization:ize ' +
  'ation:ate ator:ate alism:al iveness:ive fulness:ful ousness:ous aliti:al iviti:ive biliti:ble';
const STEP_3 = 'icate:ic ative: alize:al iciti:ic ical:ic ful: ness:';
const STEP_4 =
  'al: ance: ence: er: ic: able: ible: ant: ement: ment: ent: ion: ou: ism: ate: iti: ous: ive: ize:';

const replace = (word: string, rules: string, least: number): string => {
  const fitting = rules
    .split(' ')
    .map((rule) => rule.split(':') as [string, string])
    .filter(([suffix]) => word.endsWith(suffix))
    .sort(([left], [right]) => right.length - left.length)[0];
  if (!fitting) return word;
  const stem = word.slice(0, word.length - fitting[0].length);
  const isRefused = fitting[0] === 'ion' && !stem.endsWith('s') && !stem.endsWith('t');
  return measure(stem) >= least && !isRefused ? stem + fitting[1] : word;
};

const step1a = (word: string): string => {
  if (word.endsWith('sses') || word.endsWith('ies')) return word.slice(0, -2);
  return word.endsWith('s') && !word.endsWith('ss') ? word.slice(0, -1) : word;
};

const step1b = (word: string): string => {
  if (word.endsWith('eed')) return measure(word.slice(0, -3)) > 0 ? word.slice(0, -1) : word;
  const ending = ['ed', 'ing'].find((one) => word.endsWith(one)) ?? '';
  const stem = word.slice(0, word.length - ending.length);
  return ending !== '' && hasVowel(stem) ? repaired(stem) : word;
};

const repaired = (stem: string): string => {
  if (['at', 'bl', 'iz'].some((end) => stem.endsWith(end))) return `${stem}e`;
  if (endsTwice(stem) && !'lsz'.includes(stem.at(-1) ?? '')) return stem.slice(0, -1);
  return measure(stem) === 1 && endsCvc(stem) ? `${stem}e` : stem;
};

const step1c = (word: string): string =>
  word.endsWith('y') && hasVowel(word.slice(0, -1)) ? `${word.slice(0, -1)}i` : word;

const step5 = (word: string): string => {
  const stem = word.slice(0, -1);
  const m = measure(stem);
  const shorter = word.endsWith('e') && (m > 1 || (m === 1 && !endsCvc(stem))) ? stem : word;
  return shorter.endsWith('ll') && measure(shorter.slice(0, -1)) > 1 ? shorter.slice(0, -1) : shorter;
};

export const stem = (word: string): string => {
  if (word.length <= 2) return word;
  const first = step1c(step1b(step1a(word)));
  return step5(replace(replace(replace(first, STEP_2, 1), STEP_3, 1), STEP_4, 2));
};
