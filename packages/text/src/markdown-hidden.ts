const HIDDEN: readonly { open: RegExp; close: string }[] = [
  { open: /^[ \t]*<!--/, close: '-->' },
  { open: /^[ \t]*<script[\s>]/, close: '</script>' },
  { open: /^[ \t]*<style[\s>]/, close: '</style>' },
];

/** Lower case of the same length, unlike toLowerCase, so that offsets hold. */
const lowerAscii = (text: string): string => text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());

/** Follows fenced code, inside which a comment is code. */
const nextFence = (open: string | undefined, line: string): string | undefined => {
  const mark = /^ {0,3}(```|~~~)/.exec(line)?.[1];
  if (mark === undefined) return open;
  if (open === undefined) return mark;
  return mark === open ? undefined : open;
};

/**
 * Cuts comments, scripts and styles that start a line, to where they end; fenced code keeps its own, and what
 * never ends stays, as it was hardly meant to hide the rest of the document.
 */
export const withoutHiddenBlocks = (markdown: string): string => {
  const lower = lowerAscii(markdown);
  const lastClose = new Map(HIDDEN.map(({ close }) => [close, lower.lastIndexOf(close)]));
  const kept: string[] = [];
  let fence: string | undefined;
  let hiddenUntil = -1;
  let offset = 0;
  for (const line of markdown.split('\n')) {
    const lowerLine = lower.slice(offset, offset + line.length);
    if (offset > hiddenUntil) {
      fence = nextFence(fence, line);
      const found = fence === undefined ? HIDDEN.find(({ open }) => open.test(lowerLine)) : undefined;
      if (found !== undefined && (lastClose.get(found.close) ?? -1) > offset) {
        hiddenUntil = lower.indexOf(found.close, offset) + found.close.length;
      }
    }
    if (offset >= hiddenUntil) kept.push(line);
    else if (hiddenUntil <= offset + line.length) kept.push(line.slice(hiddenUntil - offset));
    offset += line.length + 1;
  }
  return kept.join('\n');
};
