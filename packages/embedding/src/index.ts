export { uncasedWords } from './bert-words.ts';
export { type Embedder } from './embedder.ts';
export { fetchModel, type ByteSource, type FetchModelOptions } from './fetch-model.ts';
export {
  loadEmbedder,
  loadPlainEmbedder,
  type LoadEmbedderOptions,
  type ModelRuntime,
} from './load-embedder.ts';
export { modelStamp, readManifest, type ModelFile, type ModelManifest, type ModelProbe } from './manifest.ts';
export { tokenizerKind, tokenizerOf } from './tokenizer-of.ts';
export { type Tokenizer, type TokenizerKind } from './tokenizer.ts';
/** The former name of `tokenizerOf`. */
export { tokenizerOf as wordPieceTokenizer } from './tokenizer-of.ts';
export { folderSource } from './pack/folder-source.ts';
export { hubSource, HUGGING_FACE, type HubSourceOptions } from './pack/hub-source.ts';
export { importModel, type ImportModelOptions, type ModelChoices } from './pack/import-model.ts';
export { KNOWN_MODELS, knownModel, type KnownModel } from './pack/known-models.ts';
export { type ModelSource, type OnBytes } from './pack/model-source.ts';
export { packModel, type ModelDescription } from './pack/pack-model.ts';
export { verifyDirectory } from './model-files.ts';
