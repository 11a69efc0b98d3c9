export { loadEmbedder, type Embedder, type LoadEmbedderOptions } from './embedder.ts';
export { fetchModel, type ByteSource, type FetchModelOptions } from './fetch-model.ts';
export { modelStamp, readManifest, type ModelFile, type ModelManifest, type ModelProbe } from './manifest.ts';
export { wordPieceTokenizer, type Tokenizer } from './word-piece.ts';
