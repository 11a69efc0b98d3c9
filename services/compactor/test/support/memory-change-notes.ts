import type { ChangeNote, ChangeNotes } from '../../src/ports.ts';

/** Change notes kept in memory. */
export const memoryChangeNotes = (): ChangeNotes => {
  const notes = new Map<string, ChangeNote>();
  const keyOf = ({ indexPath, operationId }: Pick<ChangeNote, 'indexPath' | 'operationId'>): string =>
    `${indexPath}#${operationId}`;
  return {
    add: async (note) => {
      notes.set(keyOf(note), note);
    },
    remove: async (note) => {
      notes.delete(keyOf(note));
    },
    all: async () => [...notes.values()],
  };
};
