import { PipelineError } from '@alluvium/contracts';
import { isoDate } from '../canonical.ts';
import { childrenOf, childText, isNamed, readXml, type XmlElement } from '../xml/read-xml.ts';

/** One entry of a feed. */
export interface FeedEntry {
  id?: string;
  title?: string;
  url?: string;
  /** ISO 8601, UTC. */
  modified?: string;
  author?: string;
  categories: string[];
  /** HTML, or plain text where the feed says so. */
  body: string;
  isHtml: boolean;
}

const linkOf = (element: XmlElement): string | undefined => {
  const links = childrenOf(element, 'link');
  const alternate = links.find(({ attributes }) => ['alternate', undefined].includes(attributes['rel']));
  return alternate?.attributes['href'] ?? childText(element, 'link');
};

const bodyOf = (element: XmlElement): Pick<FeedEntry, 'body' | 'isHtml'> => {
  const names = ['encoded', 'content', 'summary', 'description'];
  const found = names.flatMap((name) => childrenOf(element, name)).find(({ text }) => text.trim() !== '');
  const type = found?.attributes['type'];
  // In Atom no type means plain text; RSS has no types, and everybody writes HTML.
  const isPlain = type === 'text' || (type === undefined && isNamed(element, 'entry')) || type === 'xhtml';
  return { body: found?.text.trim() ?? '', isHtml: !isPlain };
};

const entryOf = (element: XmlElement): FeedEntry => {
  const optional = {
    id: childText(element, 'guid', 'id') ?? element.attributes['rdf:about'],
    title: childText(element, 'title'),
    url: linkOf(element),
    modified: isoDate(childText(element, 'updated', 'modified', 'pubdate', 'published', 'date')),
    author: childText(element, 'creator', 'author'),
  };
  const present = Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined));
  const categories = childrenOf(element, 'category').map(
    ({ text, attributes }) => text.trim() || (attributes['term'] ?? ''),
  );
  return { ...present, categories: categories.filter((name) => name !== ''), ...bodyOf(element) };
};

/**
 * The entries of a feed: RSS 2.0, RSS 1.0 or Atom.
 * @throws PipelineError XML_INVALID, or SOURCE_ANSWER_INVALID for XML that is no feed.
 */
export const readFeed = (xml: string): FeedEntry[] => {
  const root = readXml(xml);
  if (isNamed(root, 'feed')) return childrenOf(root, 'entry').map(entryOf);
  if (isNamed(root, 'rss'))
    return childrenOf(root, 'channel')
      .flatMap((channel) => childrenOf(channel, 'item'))
      .map(entryOf);
  if (isNamed(root, 'rdf')) return childrenOf(root, 'item').map(entryOf);
  throw new PipelineError(`The document is no feed: its root is <${root.name}>`, {
    code: 'SOURCE_ANSWER_INVALID',
    kind: 'invalid',
  });
};
