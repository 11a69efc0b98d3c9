import { PipelineError } from '@alluvium/contracts';

/** What one request may hold. */
export interface RequestLimits {
  texts: number;
  /** Sum of {@link tokensAtMost} of its texts. */
  tokens: number;
}

/** Tokens of a text, from above: a byte-level vocabulary has no token of less than one byte. */
export const tokensAtMost = (text: string): number => Buffer.byteLength(text);

const CONTINUATION = 0b1000_0000;
const LEADING_BITS = 0b1100_0000;

/**
 * The text, cut where it might pass the model's tokens: like a model in the function, a provider's does not read the rest of a long
 * text. Errors: TEXT_EMPTY for one without a letter.
 */
export const fittingText = (text: string, maxTokens: number): string => {
  if (text.trim() === '')
    throw new PipelineError('There is a text without a word: a provider embeds none', {
      code: 'TEXT_EMPTY',
      kind: 'invalid',
    });
  if (tokensAtMost(text) <= maxTokens) return text;
  const bytes = Buffer.from(text);
  let end = maxTokens;
  // Never within a character.
  while (end > 0 && ((bytes[end] ?? 0) & LEADING_BITS) === CONTINUATION) end -= 1;
  return bytes.subarray(0, end).toString('utf8');
};

/** Texts in requests that keep the limits, in order. */
export const inRequests = (texts: readonly string[], limits: RequestLimits): string[][] => {
  const requests: string[][] = [];
  let tokens = 0;
  for (const text of texts) {
    const more = tokensAtMost(text);
    const current = requests.at(-1);
    if (current === undefined || current.length === limits.texts || tokens + more > limits.tokens) {
      requests.push([text]);
      tokens = more;
    } else {
      current.push(text);
      tokens += more;
    }
  }
  return requests;
};
