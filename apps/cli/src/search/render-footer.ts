import type { RetrieveResponseV1 } from '@alluvium/contracts';
import { count } from '../output.ts';

const tailOf = ({ tail }: RetrieveResponseV1): string[] => {
  if (tail === undefined || tail.deltas + tail.omitted === 0) return [];
  const omitted = tail.omitted === 0 ? '' : `, ${count(tail.omitted)} more not searched`;
  return [`${count(tail.deltas)} unsettled (${count(tail.chunks)} chunks)${omitted}`];
};

/** What was searched, in a line. */
export const renderFooter = (answer: RetrieveResponseV1): string => {
  const { snapshot, timings, matched } = answer;
  const tail = tailOf(answer);
  if (snapshot === undefined && tail.length === 0)
    return 'Nothing was published to this collection yet. Watch the runs: alluvium runs';
  const of = snapshot === undefined ? '' : ` of ${count(snapshot.chunks + (answer.tail?.chunks ?? 0))}`;
  return [
    `${count(matched)}${of} chunks`,
    ...(snapshot === undefined ? [] : [`snapshot ${snapshot.version}`]),
    ...tail,
    `${timings.totalMs.toFixed(1)} ms`,
  ].join(', ');
};
