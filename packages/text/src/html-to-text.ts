import { decodeHTMLAttribute } from 'entities/decode';
import { readHtml } from './html-events.ts';
import { TextBuilder } from './text-builder.ts';

/** A document as plain text. */
export interface PlainDocument {
  /** What the document calls itself; absent when it does not. */
  title?: string;
  /** Lines are blocks or list items; a blank line stands between paragraphs. */
  text: string;
}

/** Not part of what a reader reads: code that runs, menus, controls, media, the head. */
const SKIPPED = new Set(
  (
    'script style template noscript nav svg iframe object canvas audio video select button textarea ' +
    'noembed noframes dialog datalist map'
  ).split(' '),
);
/** If a menu was never closed, the content must not be lost with it. */
const CONTENT = new Set(['main', 'article', 'body']);
const PARAGRAPH = new Set(
  (
    'p h1 h2 h3 h4 h5 h6 ul ol dl table blockquote pre figure section article main header footer aside ' +
    'form fieldset details address hr body caption'
  ).split(' '),
);
const LINE = new Set(
  'div li tr dt dd br figcaption summary option legend thead tbody tfoot center'.split(' '),
);
const CELL = new Set(['td', 'th']);

interface State {
  out: TextBuilder;
  /** The skipped element that encloses what comes, and how deep elements of its name are nested. */
  skipping: { name: string; depth: number } | undefined;
  titleOpen: boolean;
  title: string;
  heading: string | undefined;
  firstHeading: string;
  preformatted: number;
}

const skipsOpen = (state: State, name: string): boolean => {
  const { skipping } = state;
  if (skipping === undefined) return false;
  if (name === skipping.name) skipping.depth++;
  else if (CONTENT.has(name)) state.skipping = undefined;
  return state.skipping !== undefined;
};

const skipsClose = (state: State, name: string): boolean => {
  const { skipping } = state;
  if (skipping?.name === name && --skipping.depth === 0) state.skipping = undefined;
  return skipping !== undefined;
};

const onText = (state: State, raw: string): void => {
  if (state.skipping !== undefined) return;
  // As HTML decodes attributes: in text "?a=1&notify=2" would become "?a=1¬ify=2", which no author means.
  const text = decodeHTMLAttribute(raw);
  if (state.titleOpen) {
    state.title += text;
    return;
  }
  if (state.heading !== undefined) state.firstHeading += text;
  if (state.preformatted > 0) state.out.verbatim(text);
  else state.out.words(text);
};

const breakFor = (state: State, name: string): void => {
  if (PARAGRAPH.has(name)) state.out.paragraph();
  else if (LINE.has(name)) state.out.line();
  else if (CELL.has(name)) state.out.words(' ');
};

const onOpen = (state: State, name: string): void => {
  if (skipsOpen(state, name)) return;
  if (SKIPPED.has(name)) {
    state.skipping = { name, depth: 1 };
    return;
  }
  if (name === 'title') state.titleOpen = state.title === '';
  breakFor(state, name);
  if (name === 'pre') state.preformatted++;
  if (name === 'h1' && state.firstHeading === '') state.heading = name;
};

const onClose = (state: State, name: string): void => {
  if (skipsClose(state, name)) return;
  if (name === 'title') state.titleOpen = false;
  breakFor(state, name);
  if (name === 'pre') state.preformatted = Math.max(0, state.preformatted - 1);
  if (name === state.heading) state.heading = undefined;
};

const oneLine = (text: string) => text.replace(/\s+/g, ' ').trim();

/**
 * The readable text of an HTML document: scripts, styles, menus and controls dropped, character references
 * decoded, blocks as lines, headings as lines of their own. The title is that of the head, else the first h1.
 * Takes any input, well-formed or not, in linear time.
 */
export const htmlToText = (html: string): PlainDocument => {
  const state: State = {
    out: new TextBuilder(),
    skipping: undefined,
    titleOpen: false,
    title: '',
    heading: undefined,
    firstHeading: '',
    preformatted: 0,
  };
  readHtml(html, {
    text: (raw) => onText(state, raw),
    open: (name) => onOpen(state, name),
    close: (name) => onClose(state, name),
    isInsideSvg: () => state.skipping?.name === 'svg',
  });
  const title = oneLine(state.title) || oneLine(state.firstHeading);
  const text = state.out.toString();
  return title === '' ? { text } : { title, text };
};
