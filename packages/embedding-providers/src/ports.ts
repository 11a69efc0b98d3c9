/** Reads a secret by its name. Errors: SECRET_MISSING. */
export type ReadSecret = (name: string) => Promise<string>;

/** Time, as providers need it. */
export interface ProviderClock {
  nowMs: () => number;
  pause: (delayMs: number) => Promise<unknown>;
}

/** Asks Bedrock for one inference: the request's body as JSON in, the answer's out. */
export type InvokeBedrock = (request: { model: string; region?: string; body: unknown }) => Promise<unknown>;

/** How long a provider is asked for one answer. */
export interface Patience {
  tries: number;
  /** Of one try. */
  timeoutMs: number;
  /** The longest wait for the next try; whoever called is better at waiting longer. */
  pauseMs: number;
}

/** What providers need of the world. */
export interface ProviderDeps {
  fetch: typeof fetch;
  secrets: ReadSecret;
  clock: ProviderClock;
  /** 0 up to 1; spreads repetitions. */
  random: () => number;
  bedrock: InvokeBedrock;
  /** Five tries of a minute each when absent. */
  patience?: Patience;
}

/** Whether texts are searched or search: some models tell them apart. */
export type Purpose = 'passage' | 'query';

/** A provider, asked text by text: one raw vector for each, in order. */
export interface VectorSource {
  embed: (texts: readonly string[], purpose: Purpose) => Promise<Float32Array[]>;
}

/** A model of a provider. Every vector is a fresh Float32Array(`dims`) of Euclidean length 1. */
export interface ProviderEmbedder {
  /** `<id>@<12 hex>`, see providerStamp. */
  readonly stamp: string;
  readonly dims: number;
  /** Vectors of texts that are searched, in the order given. */
  embedPassages: (texts: readonly string[]) => Promise<Float32Array[]>;
  /** Vector of a text that searches. */
  embedQuery: (text: string) => Promise<Float32Array>;
  /** Nothing is held open; there so that it can stand where a local model stands. */
  close: () => Promise<void>;
}
