import type { BatchProvider } from './batch-port.ts';
import { openAiBatches } from './openai/openai-batches.ts';
import type { ProviderDeps } from './ports.ts';
import type { ProviderManifest } from './provider-manifest.ts';

/** The provider that takes a model's passages in batches; undefined for one that is asked synchronously. */
export const batchesOf = (manifest: ProviderManifest, deps: ProviderDeps): BatchProvider | undefined =>
  manifest.provider.kind === 'openai-batch' ? openAiBatches(manifest, deps) : undefined;
