import { Random, weightedChoice } from './random.ts';
import { addScaled, normalize, randomRotation } from './vectors.ts';

const CLUSTERS = 1000;
const TOPICS = 60;
/** Directions in which the rows of one cluster spread. */
const SPREAD = 28;
/** Share of the variance: centroid, spread in the cluster, noise, mean of the whole. */
const SHARES = { centroid: 0.42, spread: 0.38, noise: 0.12, mean: 0.08 };
/** The spectrum of sentence embeddings falls about like this. */
const SPECTRUM_EXPONENT = -0.75;

/** Draws rows of length 1. What is returned is overwritten by the next draw. */
export interface RowSource {
  row(random: Random): Float32Array;
  query(random: Random, index: number): Float32Array;
}

const colours = (dims: number): Float32Array => {
  const variances = Array.from({ length: dims }, (_, axis) => (axis + 1) ** SPECTRUM_EXPONENT);
  const sum = variances.reduce((total, variance) => total + variance, 0);
  return Float32Array.from(variances, (variance) => Math.sqrt(variance / sum));
};

const colouredNormals = (random: Random, colour: Float32Array): Float32Array =>
  Float32Array.from(colour, (deviation) => deviation * random.normal());

const centroidsOf = (random: Random, colour: Float32Array): Float32Array[] => {
  const topics = Array.from({ length: TOPICS }, () => colouredNormals(random, colour));
  return Array.from({ length: CLUSTERS }, () => {
    const centroid = colouredNormals(random, colour).map((value) => 0.8 * value);
    addScaled(centroid, topics[Math.floor(random.uniform() * TOPICS)] ?? centroid, 0.6);
    return centroid;
  });
};

// The first directions of a cluster carry more; together they have variance 1.
const directionsOf = (random: Random, colour: Float32Array): Float32Array[] => {
  const directions = Array.from({ length: SPREAD }, (_, rank) =>
    colouredNormals(random, colour).map((value) => value * (rank + 1) ** -0.25),
  );
  const squares = directions
    .flatMap((direction) => [...direction])
    .reduce((sum, value) => sum + value ** 2, 0);
  return directions.map((direction) => direction.map((value) => value / Math.sqrt(squares)));
};

const shuffled = <T>(values: T[], random: Random): T[] =>
  values
    .map((value) => ({ value, order: random.uniform() }))
    .sort((left, right) => left.order - right.order)
    .map(({ value }) => value);

const mixture = (dims: number) => {
  const random = new Random(7);
  const colour = colours(dims);
  const mean = normalize(colouredNormals(random, colour));
  const centroids = centroidsOf(random, colour);
  const directions = centroids.map(() => directionsOf(random, colour));
  const sizes = shuffled(
    centroids.map((_, index) => (index + 10) ** -0.7),
    random,
  );
  return { colour, mean, centroids, directions, choose: weightedChoice(sizes), random };
};

/**
 * Like sentence embeddings: 1,000 clusters of uneven size under 60 topics, each spread in 28 directions, coloured noise, one
 * shared mean. Nearest neighbours have cosines around 0.7. Of 200 queries 140 are drawn like rows, 60 mix two noisy ones.
 */
export const clusteredRows = (dims: number): RowSource => {
  const { colour, mean, centroids, directions, choose, random: seeded } = mixture(dims);
  const rotate = randomRotation(dims, seeded);
  const shares = {
    centroid: Math.sqrt(SHARES.centroid),
    spread: Math.sqrt(SHARES.spread),
    noise: Math.sqrt(SHARES.noise),
    mean: Math.sqrt(SHARES.mean),
  };
  const vector = new Float32Array(dims);
  const draw = (random: Random, noise: number): Float32Array => {
    const cluster = choose(random);
    const deviation = shares.noise * noise;
    for (let axis = 0; axis < dims; axis += 1)
      vector[axis] = shares.mean * (mean[axis] ?? 0) + deviation * (colour[axis] ?? 0) * random.normal();
    addScaled(vector, centroids[cluster] ?? mean, shares.centroid);
    for (const direction of directions[cluster] ?? [])
      addScaled(vector, direction, shares.spread * random.normal());
    return normalize(vector);
  };
  const mixed = (random: Random): Float32Array => {
    const first = draw(random, 2).map((value) => 0.75 * value);
    addScaled(first, draw(random, 2), 0.25);
    return normalize(first);
  };
  return {
    row: (random) => rotate(draw(random, 1)),
    query: (random, index) => rotate(index < 140 ? draw(random, 1) : mixed(random)),
  };
};

/** The worst case: no structure at all, every direction alike. */
export const uniformRows = (dims: number): RowSource => {
  const vector = new Float32Array(dims);
  const row = (random: Random): Float32Array => {
    for (let axis = 0; axis < dims; axis += 1) vector[axis] = random.normal();
    return normalize(vector);
  };
  return { row, query: row };
};
