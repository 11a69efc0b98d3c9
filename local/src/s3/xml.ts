import { S3Error } from './s3-error.ts';

const NAMESPACE = 'http://s3.amazonaws.com/doc/2006-03-01/';
const DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n';

type Scalar = string | number | boolean | undefined;

/** Keys may hold line breaks and control characters; as numeric references they come back unchanged. */
const escapeText = (value: string): string =>
  // eslint-disable-next-line no-control-regex -- exactly the control characters need a reference
  value.replace(/[<>&"'\u0000-\u001f\u007f]/g, (character) => `&#${String(character.charCodeAt(0))};`);

/** `<name>value</name>`, or nothing when the value is undefined. */
export const leaf = (name: string, value: Scalar): string =>
  value === undefined ? '' : `<${name}>${escapeText(String(value))}</${name}>`;

/** An element around children that are XML already. */
export const element = (name: string, ...children: string[]): string =>
  `<${name}>${children.join('')}</${name}>`;

/** A whole document whose root is in the namespace of S3. */
export const xmlDocument = (root: string, ...children: string[]): string =>
  `${DECLARATION}<${root} xmlns="${NAMESPACE}">${children.join('')}</${root}>`;

/** The error document; it has no namespace, as on AWS. */
export const errorDocument = (fields: Record<string, string>): string =>
  DECLARATION + element('Error', ...Object.entries(fields).map(([name, value]) => leaf(name, value)));

export interface XmlElement {
  name: string;
  text: string;
  children: XmlElement[];
}

const ENTITIES: Record<string, string> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

const unescapeText = (value: string): string =>
  value.replace(/&(#x[\da-f]+|#\d+|\w+);/gi, (whole, name: string) => {
    if (!name.startsWith('#')) return ENTITIES[name] ?? whole;
    const point = /^#x/i.test(name) ? parseInt(name.slice(2), 16) : parseInt(name.slice(1), 10);
    return point <= 0x10ffff ? String.fromCodePoint(point) : whole;
  });

const TOKEN =
  /<!\[CDATA\[([\s\S]*?)\]\]>|<!--[\s\S]*?-->|<\?[\s\S]*?\?>|<(\/?)([\w:.-]+)(?:\s[^<>]*?)?(\/?)>|([^<]+)/g;

const localName = (name: string): string => name.slice(name.indexOf(':') + 1);

const malformed = (): S3Error => new S3Error('MalformedXML');

const applyTag = (stack: XmlElement[], tag: { name: string; closes: boolean; empty: boolean }): void => {
  const name = localName(tag.name);
  const open = stack.at(-1);
  if (open === undefined) throw malformed();
  if (tag.closes) {
    if (open.name !== name || stack.length === 1) throw malformed();
    stack.pop();
    return;
  }
  const child: XmlElement = { name, text: '', children: [] };
  open.children.push(child);
  if (!tag.empty) stack.push(child);
};

/** Reads the XML that SDKs send: elements and text; attributes, comments and declarations are skipped. */
export const parseXml = (source: string): XmlElement => {
  const top: XmlElement = { name: '', text: '', children: [] };
  const stack = [top];
  let end = 0;
  for (const match of source.matchAll(TOKEN)) {
    if (match.index !== end) throw malformed();
    end += match[0].length;
    const [, cdata, slash, name, empty, text] = match;
    const open = stack.at(-1) ?? top;
    if (name !== undefined) applyTag(stack, { name, closes: slash === '/', empty: empty === '/' });
    else if (cdata !== undefined) open.text += cdata;
    else if (text !== undefined) open.text += unescapeText(text);
  }
  const root = top.children[0];
  if (end !== source.length || stack.length !== 1 || root === undefined) throw malformed();
  return root;
};

/** Parses a document that must have this root. */
export const parseDocument = (source: string, root: string): XmlElement => {
  const parsed = parseXml(source);
  if (parsed.name !== root) throw malformed();
  return parsed;
};

export const childrenOf = (parent: XmlElement, name: string): XmlElement[] =>
  parent.children.filter((child) => child.name === name);

export const childOf = (parent: XmlElement, name: string): XmlElement | undefined =>
  parent.children.find((child) => child.name === name);

export const textOf = (parent: XmlElement, name: string): string | undefined => childOf(parent, name)?.text;
