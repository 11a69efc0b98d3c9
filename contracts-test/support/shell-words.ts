/**
 * The words of a simple command as a POSIX shell sees them: quotes and backslashes go, nothing is expanded.
 * Anything that a shell would act on (variables, substitution, redirection, several commands) is refused.
 */
export const shellWords = (command: string): string[] => {
  const words: string[] = [];
  const token = /\s+|'([^']*)'|"((?:[^"\\$`]|\\.)*)"|\\(.)|([^\s'"\\$`|&;<>()*?[\]{}~#]+)/gsy;
  let word: string | undefined;
  while (token.lastIndex < command.length) {
    const at = token.lastIndex;
    const match = token.exec(command);
    if (match === null)
      throw new Error(`A shell would not take ${command.slice(at, at + 20)} as plain words.`);
    const [, single, double, escaped, plain] = match;
    const piece = single ?? double?.replace(/\\(["\\$`])/g, '$1') ?? escaped ?? plain;
    if (piece !== undefined) word = (word ?? '') + piece;
    else if (word !== undefined) {
      words.push(word);
      word = undefined;
    }
  }
  return word === undefined ? words : [...words, word];
};
