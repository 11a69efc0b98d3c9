import { assertReadable, collectionV1 } from '@alluvium/contracts';
import type { Objects } from '@alluvium/lambda-kit';

/** The model that a collection's document names, else that of the installation. Errors: DOCUMENT_INVALID. */
export const collectionModel =
  ({ find }: Pick<Objects, 'find'>, installed: () => string) =>
  async (collection: string): Promise<string> => {
    const bytes = await find(`collections/${collection}.json`);
    if (bytes === undefined) return installed();
    const document: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'));
    return assertReadable(collectionV1, document).model ?? installed();
  };
