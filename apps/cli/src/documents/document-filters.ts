import type { Command } from 'commander';
import { readFilters } from '../search/filter-option.ts';

/** Options that choose documents. */
export interface FilterOptions {
  entity?: string;
  id?: string;
  since?: string;
  until?: string;
  /** Conditions on attributes, such as `year>=2024`. */
  filter?: string[];
}

/** The filters as the API takes them; empty when there are none. */
export const filtersOf = ({ entity, id, since, until, filter }: FilterOptions): Record<string, unknown> => ({
  ...(entity !== undefined && { entity }),
  ...(id !== undefined && { id }),
  ...(since !== undefined && { since }),
  ...(until !== undefined && { until }),
  ...(filter !== undefined && { attributes: readFilters(filter) }),
});

/** Adds the options of {@link FilterOptions} to a command. */
export const withFilters = (command: Command): Command =>
  command
    .option('--entity <kind>', 'only documents of this kind')
    .option('--id <entityId>', 'only those with this id in their source')
    .option('--since <time>', 'only those modified at or after this time')
    .option('--until <time>', 'only those modified before this time')
    .option(
      '--filter <condition>',
      'name=value, name>=value (>, <, <=) or "name in a,b"; repeatable',
      (condition: string, before: string[] | undefined) => [...(before ?? []), condition],
    );
