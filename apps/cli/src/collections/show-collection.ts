import type { CollectionDetailV1 } from '@alluvium/contracts';
import { minute } from '../output.ts';

type Entry = CollectionDetailV1['collection'];

const chunkerText = ({ chunker }: Entry): string => {
  if (chunker === undefined) return 'the default';
  const sizes = Object.entries(chunker.parameters ?? {}).map(([name, value]) => `${name}=${String(value)}`);
  return [chunker.strategy, ...sizes].join(' ');
};

const renderEntry = (entry: Entry): string[] => [
  `  index: ${entry.active?.path ?? 'nothing published yet'}`,
  `  model: ${entry.active?.modelId ?? entry.model ?? 'that of the installation'}`,
  `  chunker: ${chunkerText(entry)}`,
  ...(entry.retention === undefined ? [] : [`  keeps: ${JSON.stringify(entry.retention)}`]),
  `  updated: ${minute(entry.updatedAt)} UTC`,
];

// The document of the collection may be a candidate itself: its own index is beside the one that answers for it.
const renderCandidate = (candidate: Entry): string[] => {
  const { ownIndex } = candidate;
  const shown = ownIndex === undefined ? candidate : { ...candidate, active: ownIndex };
  return [`candidate ${candidate.collection}`, ...renderEntry(shown)];
};

/** A collection as a person reads it, with its candidates. */
export const renderCollection = ({ collection, index, candidates }: CollectionDetailV1): string[] => [
  collection.collection,
  ...renderEntry(index === undefined ? collection : { ...index, updatedAt: collection.updatedAt }),
  ...candidates.flatMap(renderCandidate),
];
