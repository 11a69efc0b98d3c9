export {
  type BatchProgress,
  type BatchProvider,
  type BatchResults,
  type BatchText,
  type EndedBatch,
} from './batch-port.ts';
export { batchesOf } from './batches-of.ts';
export { embedderOf } from './embedder-of.ts';
export { invokeBedrock, type BedrockClient } from './bedrock/invoke-bedrock.ts';
export { liveProviders, SHORT_PATIENCE } from './live-providers.ts';
export { namedSecrets, secretVariable, type SecretSources } from './named-secrets.ts';
export type {
  InvokeBedrock,
  Patience,
  ProviderClock,
  ProviderDeps,
  ProviderEmbedder,
  ReadSecret,
} from './ports.ts';
export { providerStamp, readProviderManifest, type ProviderManifest } from './provider-manifest.ts';
export { bytesOfFloats, floatsOf } from './vectors.ts';
