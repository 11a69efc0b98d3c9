import { refusePattern } from './pattern-error.ts';

/** Splits at the stars; `\*` and `\\` stand for themselves. */
const literalsBetweenStars = (pattern: string): string[] => {
  const literals: string[] = [];
  let literal = '';
  let lastStar = -2;
  for (let index = 0; index < pattern.length; index++) {
    const character = pattern.charAt(index);
    if (character === '*') {
      if (lastStar === index - 1) return refusePattern(`Consecutive wildcard characters at pos ${lastStar}`);
      lastStar = index;
      literals.push(literal);
      literal = '';
    } else if (character === '\\') {
      index += 1;
      const escaped = pattern.charAt(index);
      if (escaped !== '*' && escaped !== '\\')
        return refusePattern(`Invalid escape character at pos ${index - 1}`);
      literal += escaped;
    } else literal += character;
  }
  return [...literals, literal];
};

/** A test for texts that fit a pattern in which `*` stands for any number of characters. Linear: the leftmost place of each piece is as good as any. */
export const compileWildcard = (pattern: string): ((text: string) => boolean) => {
  const literals = literalsBetweenStars(pattern);
  const first = literals[0] ?? '';
  const last = literals.at(-1) ?? '';
  const middle = literals.slice(1, -1);
  if (literals.length === 1) return (text) => text === first;
  return (text) => {
    if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last))
      return false;
    const end = text.length - last.length;
    let position = first.length;
    for (const literal of middle) {
      const found = text.indexOf(literal, position);
      if (found < 0 || found + literal.length > end) return false;
      position = found + literal.length;
    }
    return true;
  };
};
