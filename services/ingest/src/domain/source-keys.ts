const NAME = '[a-z0-9][a-z0-9-]{0,62}';
const SOURCE = new RegExp(`^sources/(${NAME})/(${NAME})\\.json$`);

/** Where the documents of sources lie. */
export const SOURCES_PREFIX = 'sources/';

/** Collection and name of the source whose document lies at `key`; undefined for any other object. */
export const parseSourceKey = (key: string): { collection: string; name: string } | undefined => {
  const [, collection, name] = SOURCE.exec(key) ?? [];
  return collection === undefined || name === undefined ? undefined : { collection, name };
};

/** Key of a source's document. */
export const sourceDocumentKey = ({ collection, name }: { collection: string; name: string }): string =>
  `${SOURCES_PREFIX}${collection}/${name}.json`;
