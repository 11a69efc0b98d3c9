import { CONNECTOR_NAMES } from '@alluvium/connectors';
import { PipelineError, sourceV1, type IngestionSourceV1, type SourceV1 } from '@alluvium/contracts';
import type { Objects } from '@alluvium/lambda-kit';

/** Greatest source document in bytes. */
export const MAX_SOURCE_BYTES = 256 * 1024;

const refuse = (code: string, message: string): PipelineError =>
  new PipelineError(message, { code, kind: 'invalid' });

/** Refuses a source document that is of another place than it should be. */
export const assertPlace = (
  source: SourceV1,
  expected: { collection: string; name: string; connector?: string },
): SourceV1 => {
  const { collection, name, connector = source.connector } = expected;
  const place = `${source.collection}/${source.name} (${source.connector})`;
  if (source.collection !== collection || source.name !== name || source.connector !== connector) {
    throw refuse(
      'SOURCE_INVALID',
      `The source ${place} was expected to be ${collection}/${name} (${connector})`,
    );
  }
  return source;
};

/** Reads the document of a source; throws CONNECTOR_UNKNOWN, SOURCE_INVALID or what reading objects throws. */
export const loadSource = async (
  objects: Objects,
  collection: string,
  { name, connector, manifest }: IngestionSourceV1,
): Promise<SourceV1> => {
  if (!CONNECTOR_NAMES.includes(connector)) {
    throw refuse('CONNECTOR_UNKNOWN', `There is no connector "${connector}" for the source ${name}`);
  }
  if (manifest.bytes > MAX_SOURCE_BYTES) {
    throw refuse(
      'SOURCE_INVALID',
      `${manifest.key} has ${manifest.bytes} bytes, more than ${MAX_SOURCE_BYTES}`,
    );
  }
  return assertPlace(await objects.readDocument(sourceV1, manifest), { collection, name, connector });
};
