// Blank, 'as it is', "but for escapes", \escaped, or plain characters that no shell acts on.
const TOKEN = /\s+|'([^']*)'|"((?:[^"\\$`]|\\.)*)"|\\(.)|([^\s'"\\$`|&;<>()*?[\]{}~#]+)/sy;

const unquote = ([, single, double, escaped, plain]: RegExpExecArray): string | undefined =>
  [single, double?.replace(/\\(["\\$`])/g, '$1'), escaped, plain].find((piece) => piece !== undefined);

/**
 * The words of a simple command as a POSIX shell sees them: quotes and backslashes go, nothing is expanded.
 * Anything that a shell would act on (variables, substitution, redirection, several commands) is refused.
 */
export const shellWords = (command: string): string[] => {
  const words: string[] = [];
  const token = new RegExp(TOKEN);
  let isInWord = false;
  while (token.lastIndex < command.length) {
    const at = token.lastIndex;
    const match = token.exec(command);
    if (match === null)
      throw new Error(`A shell would not take ${command.slice(at, at + 20)} as plain words.`);
    const piece = unquote(match);
    if (piece !== undefined) words.push(isInWord ? `${words.pop() ?? ''}${piece}` : piece);
    isInWord = piece !== undefined;
  }
  return words;
};
