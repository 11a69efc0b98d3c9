import type { SeededRandom } from './random.ts';

const FIRST =
  'Amber Basil Cinder Dune Ember Flint Gale Heron Iris Juniper Kestrel Linden Moss Nettle Onyx Pike Quill Rowan Sable Thorn'.split(
    ' ',
  );
const LAST =
  'Arroyo Brook Creek Delta Estuary Fjord Glacier Harbor Inlet Jetty Lagoon Marsh Narrows Oxbow Pond Reach Shoal Tarn Vale Weir'.split(
    ' ',
  );
const NOUNS =
  'river delta bank current flood island ferry bridge lock canal mill reed heron otter pike barge'.split(' ');
const VERBS = 'carries follows guards floods crosses leaves finds remembers measures drains'.split(' ');

/** `Amber Brook`, and a number where the pairs run out. */
export const nameOf = (random: SeededRandom): string => `${random.pick(FIRST)} ${random.pick(LAST)}`;

/** A sentence of a world of rivers. */
export const sentenceOf = (random: SeededRandom): string =>
  `The ${random.pick(NOUNS)} ${random.pick(VERBS)} the ${random.pick(NOUNS)}.`;

/** Sentences, as the API has them: HTML, with line breaks of two worlds. */
export const proseOf = (random: SeededRandom): string => {
  const sentences = Array.from({ length: 1 + random.below(5) }, () => sentenceOf(random));
  return random.chance(0.3) ? sentences.join('\r<br>') : `<p>${sentences.join(' ')}</p>`;
};

/** `amber_brook` */
export const slugOf = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]+/g, '_');
