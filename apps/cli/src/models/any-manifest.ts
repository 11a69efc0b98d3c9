import { modelStamp, readManifest, type ModelFile } from '@alluvium/embedding';
import { providerStamp, readProviderManifest } from '@alluvium/embedding-providers';

/** What is told of a model, whether its files lie here or a provider runs it. */
export interface AnyModel {
  id: string;
  /** `<id>@<12 hex>`: what indexes are named by. */
  stamp: string;
  dimensions: number;
  maxTokens: number;
  /** A precision such as `int8`, or the kind of the provider. */
  kind: string;
  license: string;
  /** Besides the manifest; none of a provider's. */
  files: Record<string, ModelFile>;
}

/** Reads a manifest.json of either format. Error: MODEL_INVALID, DOCUMENT_INVALID. */
export const readAnyManifest = (bytes: Uint8Array): AnyModel => {
  const provided = readProviderManifest(bytes);
  if (provided !== undefined) {
    const { id, dimensions, max_tokens: maxTokens, provider } = provided;
    const stamp = providerStamp(provided);
    return { id, stamp, dimensions, maxTokens, kind: provider.kind, license: '', files: {} };
  }
  const manifest = readManifest(bytes);
  const { id, dimensions, max_tokens: maxTokens, precision: kind, license, files } = manifest;
  return { id, stamp: modelStamp(manifest), dimensions, maxTokens, kind, license, files };
};
