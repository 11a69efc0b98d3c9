import type { ModelFile, ModelProbe } from '../manifest.ts';

/** A public model whose files are known, and how it is to be used. */
export interface KnownModel {
  /** Id here: of the manifest and of the folder under `models/`. */
  id: string;
  /** `<owner>/<name>` on the hub. */
  repository: string;
  /** Commit of the repository, 40 hexadecimal digits. */
  revision: string;
  license: string;
  modelPath: string;
  model: ModelFile;
  tokenizer: ModelFile;
  maxTokens: number;
  pooling: 'cls' | 'mean';
  queryPrefix: string;
  passagePrefix: string;
  /** First components of the model in fp32; a quantized one comes only near to them. */
  reference: ModelProbe;
}

const EXACT = 1e-3;
/** What 8 bits move a component by, at most, with room: vectors of these models keep a cosine of about 0.98 to fp32. */
const QUANTIZED = 0.03;

const BGE_REFERENCE = [0.01522374, -0.02271799, 0.00860278, -0.07424029, 0.00386434];
const BGE = {
  repository: 'Xenova/bge-small-en-v1.5',
  revision: 'ea104dacec62c0de699686887e3f920caeb4f3e3',
  license: 'mit',
  tokenizer: {
    bytes: 711_396,
    sha256: 'd241a60d5e8f04cc1b2b3e9ef7a4921b27bf526d9f6050ab90f9267a1f9e5c66',
  },
  maxTokens: 512,
  pooling: 'cls',
  queryPrefix: 'Represent this sentence for searching relevant passages: ',
  passagePrefix: '',
} as const;

/** Public models that `alluvium model add` knows by a short name. */
export const KNOWN_MODELS: readonly KnownModel[] = [
  {
    ...BGE,
    id: 'bge-small-en-v1.5-int8',
    modelPath: 'onnx/model_quantized.onnx',
    model: {
      bytes: 34_014_426,
      sha256: '6c9c6101a956d62dfb5e7190c538226c0c5bb9cb27b651234b6df063ee7dbfe4',
    },
    reference: { text: 'hello world', first: BGE_REFERENCE, atol: QUANTIZED },
  },
  {
    ...BGE,
    id: 'bge-small-en-v1.5',
    modelPath: 'onnx/model.onnx',
    model: {
      bytes: 133_093_490,
      sha256: '828e1496d7fabb79cfa4dcd84fa38625c0d3d21da474a00f08db0f559940cf35',
    },
    reference: { text: 'hello world', first: BGE_REFERENCE, atol: EXACT },
  },
  {
    id: 'all-MiniLM-L6-v2-int8',
    repository: 'Xenova/all-MiniLM-L6-v2',
    revision: '751bff37182d3f1213fa05d7196b954e230abad9',
    license: 'apache-2.0',
    modelPath: 'onnx/model_quantized.onnx',
    model: {
      bytes: 22_972_370,
      sha256: 'afdb6f1a0e45b715d0bb9b11772f032c399babd23bfc31fed1c170afc848bdb1',
    },
    tokenizer: {
      bytes: 711_661,
      sha256: 'da0e79933b9ed51798a3ae27893d3c5fa4a201126cef75586296df9b4d2c62a0',
    },
    maxTokens: 256,
    pooling: 'mean',
    queryPrefix: '',
    passagePrefix: '',
    reference: {
      text: 'hello world',
      first: [-0.034478, 0.03102, 0.00673, 0.02611, -0.039362],
      atol: QUANTIZED,
    },
  },
];

/** The known model of that short name. */
export const knownModel = (id: string): KnownModel | undefined =>
  KNOWN_MODELS.find((model) => model.id === id);
