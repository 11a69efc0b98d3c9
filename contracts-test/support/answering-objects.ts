import { assertReadable, uploadManifestV1, type DocumentContract } from '@alluvium/contracts';
import type { MemoryObjects } from '@alluvium/testkit';
import type { Objects } from '@alluvium/lambda-kit';
import { encodeDelta } from '@alluvium/vector-store';
import { deltaOf } from '../../services/compactor/test/support/deltas.ts';
import { withUnknownFields, type Detail } from './generated-values.ts';
import { exampleOf } from './schema-tree.ts';

/** A bucket that has an answer to every pointer: an example of what is asked for, fields of tomorrow included. */
export interface AnsweringObjects {
  over: (objects: MemoryObjects) => Objects;
  /** Makes the answers fit an event. */
  about: (detail: Detail) => void;
}

export const answeringObjects = (): AnsweringObjects => {
  let current: Detail['data'] = {};
  const answer = <T>(contract: DocumentContract<T>): T => {
    const example = exampleOf(contract.name, 'full') as Record<string, unknown>;
    const { collection, source } = current as { collection?: string; source?: { name?: string } };
    const fitting = contract.name === uploadManifestV1.name ? { collection, source: source?.name } : {};
    return assertReadable(contract, withUnknownFields({ ...example, ...fitting }, contract.fields));
  };
  return {
    about: ({ data }) => {
      current = data;
    },
    over: (objects) => ({
      ...objects,
      readRecords: async (contract) => [answer(contract)],
      readDocument: async (contract) => answer(contract),
      readBytes: async () => encodeDelta(deltaOf(0)),
    }),
  };
};
