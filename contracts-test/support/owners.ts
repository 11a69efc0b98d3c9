import { loadSchemas, type SchemaFile } from '../../tools/contracts/load-schemas.ts';
import { loadServices } from './services.ts';

/** Owns the documents that no service writes: whoever runs an installation. */
export const OPERATOR = 'operator';

const services = loadServices();

/** The services that emit an event or write an object, by their contract.json. */
export const producersOf = ({ name }: SchemaFile): string[] =>
  services
    .filter(({ contract }) => [...contract.emits, ...contract.writes].includes(name))
    .map((service) => service.name);

const namedOwner = ({ schema }: SchemaFile): string | undefined => schema['x-owner'] as string | undefined;

/**
 * Who answers for a schema: its `x-owner`, else whoever produces it. A name that is given and is none of the producers
 * counts beside them.
 */
export const ownersOf = (file: SchemaFile): string[] => {
  const producers = producersOf(file);
  const named = namedOwner(file);
  if (named === undefined) return producers;
  return producers.includes(named) ? [named] : [named, ...producers];
};

/** Documents that come into an installation from outside. */
export const documentsFromOutside = (): string[] =>
  loadSchemas()
    .filter((file) => file.kind === 'objects' && namedOwner(file) === OPERATOR)
    .map(({ name }) => name);
