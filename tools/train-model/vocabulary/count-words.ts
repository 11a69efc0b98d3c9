import { uncasedWords } from '@alluvium/embedding';

/** How often each word of the texts occurs. */
export const countWords = async (texts: AsyncIterable<string>): Promise<Map<string, number>> => {
  const counts = new Map<string, number>();
  for await (const text of texts)
    for (const word of uncasedWords(text)) counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
};
