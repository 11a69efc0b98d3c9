/** A piece of an HTML document: a run of text, or a tag with its lower-case name. */
export type HtmlToken = { kind: 'text'; text: string } | { kind: 'open' | 'close'; name: string };

/** Elements whose content is not markup; an end tag of the same name, or the end of the document, closes them. */
const RAW = /^(?:script|style|xmp|noembed|noframes|iframe|textarea|title)$/;

const NAME = /[A-Za-z][^\s/>]{0,63}/y;
const endTags = new Map<string, RegExp>();

/** Where the tag ends whose attributes start at `at`: past its ">", quoted values skipped; or the end. */
const endOfTag = (html: string, at: number): number => {
  let valueExpected = false;
  for (let i = at; i < html.length; i++) {
    const character = html.charAt(i);
    if (character === '>') return i + 1;
    if (valueExpected && (character === '"' || character === "'")) {
      const close = html.indexOf(character, i + 1);
      if (close === -1) return html.length;
      i = close;
    }
    if (character === '=') valueExpected = true;
    else if (character.trim() !== '') valueExpected = false;
  }
  return html.length;
};

const after = (html: string, mark: string, from: number): number => {
  const found = html.indexOf(mark, from);
  return found === -1 ? html.length : found + mark.length;
};

/** Start of the end tag of a raw element, or the end of the document. */
const endOfRaw = (html: string, name: string, from: number): number => {
  const pattern = endTags.get(name) ?? new RegExp(`</${name}(?=[\\s/>])`, 'gi');
  endTags.set(name, pattern);
  pattern.lastIndex = from;
  return pattern.exec(html)?.index ?? html.length;
};

const nameAt = (html: string, at: number): string | undefined => {
  NAME.lastIndex = at;
  return NAME.exec(html)?.[0].toLowerCase();
};

/** End of a comment, a CDATA section, a declaration or a processing instruction. */
const endOfOther = (html: string, at: number): number => {
  if (html.startsWith('<!--', at)) return after(html, '-->', at + 2);
  if (html.startsWith('<![CDATA[', at)) return after(html, ']]>', at);
  return after(html, '>', at);
};

interface Markup {
  tag?: { kind: 'open' | 'close'; name: string };
  start: number;
  end: number;
}

const markupAt = (html: string, start: number): Markup | undefined => {
  const next = html.charAt(start + 1);
  const closing = next === '/';
  const nameStart = start + (closing ? 2 : 1);
  const name = nameAt(html, nameStart);
  if (name !== undefined) {
    const end = endOfTag(html, nameStart + name.length);
    return { tag: { kind: closing ? 'close' : 'open', name }, start, end };
  }
  // "a < b" is text.
  return closing || next === '!' || next === '?' ? { start, end: endOfOther(html, start) } : undefined;
};

const nextMarkup = (html: string, from: number): Markup | undefined => {
  for (let at = html.indexOf('<', from); at !== -1; at = html.indexOf('<', at + 1)) {
    const markup = markupAt(html, at);
    if (markup !== undefined) return markup;
  }
  return undefined;
};

/**
 * Reads HTML as a browser's tokenizer does, as far as plain text needs it: tags, quoted attributes, comments,
 * declarations and raw elements. Never fails, and looks at every character a bounded number of times: what is
 * not closed reaches to the end.
 */
export function* htmlTokens(html: string): Generator<HtmlToken> {
  let at = 0;
  for (let markup = nextMarkup(html, at); markup !== undefined; markup = nextMarkup(html, at)) {
    if (markup.start > at) yield { kind: 'text', text: html.slice(at, markup.start) };
    at = markup.end;
    if (markup.tag === undefined) continue;
    yield markup.tag;
    if (markup.tag.kind === 'open' && RAW.test(markup.tag.name)) {
      const end = endOfRaw(html, markup.tag.name, at);
      if (end > at) yield { kind: 'text', text: html.slice(at, end) };
      at = end;
    }
  }
  if (at < html.length) yield { kind: 'text', text: html.slice(at) };
}
