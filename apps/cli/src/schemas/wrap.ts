/** Breaks text between words into lines of at most `width` columns, each indented; a longer word stays whole. */
export const wrap = (text: string, width: number, indent = 0): string => {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/)) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && longer.length > width - indent) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  return [...lines, line].map((each) => ' '.repeat(indent) + each).join('\n');
};
