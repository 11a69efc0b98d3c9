import { PipelineError } from '@alluvium/contracts';
import type { Chunker, ChunkerConfig } from './chunker.ts';
import { codeChunker } from './code-chunker.ts';
import { markdownChunker } from './markdown-chunker.ts';
import { sentenceChunker } from './sentence-chunker.ts';
import { tokenChunker } from './token-chunker.ts';
import type { TokenCounter } from './token-ruler.ts';
import { wholeChunker } from './whole-chunker.ts';

type Sizes = Readonly<Record<string, number>>;

/** What a strategy needs that is too large to be a parameter. */
export interface ChunkerResources {
  /** Asked for by the strategy `token` only. */
  tokenCounter?: () => TokenCounter;
}

interface Strategy {
  parameters: readonly string[];
  make: (sizes: Sizes, resources: ChunkerResources) => Chunker;
}

const invalid = (code: string, message: string, details: Record<string, unknown>) =>
  new PipelineError(message, { code, kind: 'invalid', details });

const requireCounter = ({ tokenCounter }: ChunkerResources): TokenCounter => {
  if (tokenCounter !== undefined) return tokenCounter();
  throw invalid('CHUNKER_OPTIONS_INVALID', 'the strategy token needs a tokenizer to count with', {});
};

/** By `<strategy>-<version>`; a version stays as long as a collection may name it. */
const STRATEGIES: ReadonlyMap<string, Strategy> = new Map<string, Strategy>([
  ['sentence-1', { parameters: ['maxChars', 'overlapChars'], make: sentenceChunker }],
  [
    'token-1',
    {
      parameters: ['maxTokens', 'overlapTokens'],
      make: (sizes, resources) => tokenChunker(requireCounter(resources), sizes),
    },
  ],
  ['markdown-1', { parameters: ['maxChars'], make: markdownChunker }],
  ['code-1', { parameters: ['maxChars'], make: codeChunker }],
  ['none-1', { parameters: [], make: wholeChunker }],
]);

/** What a collection that names no chunker is cut with. */
export const DEFAULT_CHUNKER: ChunkerConfig = {
  strategy: 'sentence',
  version: 1,
  parameters: { maxChars: 280, overlapChars: 40 },
};

const readSizes = ({ strategy, parameters = {} }: ChunkerConfig, known: readonly string[]): Sizes => {
  for (const [name, value] of Object.entries(parameters)) {
    if (known.includes(name) && typeof value === 'number') continue;
    const names = known.length === 0 ? 'it has none' : `it has the numbers ${known.join(', ')}`;
    const message = `${name} ${String(value)} is no parameter of the strategy ${strategy}: ${names}`;
    throw invalid('CHUNKER_OPTIONS_INVALID', message, { strategy, [name]: value });
  }
  return parameters as Sizes;
};

/**
 * The chunker that a collection names.
 * @throws PipelineError CHUNKER_UNKNOWN for a strategy or version that this release has not; CHUNKER_OPTIONS_INVALID.
 */
export const makeChunker = (config: ChunkerConfig, resources: ChunkerResources = {}): Chunker => {
  const name = `${config.strategy}-${String(config.version)}`;
  const strategy = STRATEGIES.get(name);
  if (strategy === undefined) {
    const known = [...STRATEGIES.keys()];
    const message = `there is no chunker ${name}; there are ${known.join(', ')}`;
    throw invalid('CHUNKER_UNKNOWN', message, { chunker: name, known });
  }
  return strategy.make(readSizes(config, strategy.parameters), resources);
};
