import { loadSchemas } from './load-schemas.ts';
import { renderCatalogue, renderContracts } from './render-catalogue.ts';
import { renderTypes } from './render-types.ts';
import { renderValidators } from './render-validators.ts';

/** Where the generated files live. */
export const GENERATED = new URL('../../packages/contracts/src/generated/', import.meta.url);

/** Content of every generated file by its name. */
export const renderAll = async (): Promise<Record<string, string>> => {
  const schemas = loadSchemas();
  const validators = await renderValidators(schemas);
  return {
    'types.ts': await renderTypes(schemas),
    'open-validators.js': validators.open,
    'open-validators.d.ts': validators.types.replaceAll('PREFIX', 'open'),
    'closed-validators.js': validators.closed,
    'closed-validators.d.ts': validators.types.replaceAll('PREFIX', 'closed'),
    'contracts.ts': renderContracts(schemas),
    'catalogue.ts': renderCatalogue(schemas),
  };
};
