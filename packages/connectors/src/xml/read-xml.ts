import { PipelineError } from '@alluvium/contracts';
import { Parser } from 'htmlparser2';

/** An element; `text` is all character data in it, that of its children included. */
export interface XmlElement {
  /** As it is written, with its prefix. */
  name: string;
  attributes: Readonly<Record<string, string>>;
  children: XmlElement[];
  text: string;
}

const MAX_DEPTH = 64;

const invalid = (what: string): PipelineError =>
  new PipelineError(`The document ${what}`, { code: 'XML_INVALID', kind: 'invalid' });

const close = (stack: XmlElement[]): void => {
  const element = stack.pop();
  const parent = stack.at(-1);
  if (element !== undefined && parent !== undefined) parent.text += element.text;
};

/**
 * Reads XML leniently, as feeds need it. No entity but the five of XML and numbers is known and nothing is ever loaded.
 * Time and depth are bounded: the parser looks through open elements at each tag.
 * @throws PipelineError XML_INVALID for what has no root element or is nested too deep.
 */
export const readXml = (xml: string): XmlElement => {
  const root: XmlElement = { name: '', attributes: {}, children: [], text: '' };
  const stack = [root];
  const parser = new Parser(
    {
      onopentag: (name, attributes) => {
        if (stack.length > MAX_DEPTH) throw invalid(`is nested more than ${MAX_DEPTH} deep`);
        const element = { name, attributes, children: [], text: '' };
        stack.at(-1)?.children.push(element);
        stack.push(element);
      },
      ontext: (text) => {
        const open = stack.at(-1);
        if (open !== undefined) open.text += text;
      },
      onclosetag: () => close(stack),
    },
    { xmlMode: true },
  );
  parser.write(xml);
  parser.end();
  const [first] = root.children;
  if (first === undefined) throw invalid('is not XML');
  return first;
};

const localName = (name: string): string => name.slice(name.indexOf(':') + 1).toLowerCase();

/** Children of a name, whatever their prefix. */
export const childrenOf = ({ children }: XmlElement, name: string): XmlElement[] =>
  children.filter((child) => localName(child.name) === name);

/** Trimmed text of the first child of a name that has any. */
export const childText = (element: XmlElement, ...names: string[]): string | undefined =>
  names
    .flatMap((name) => childrenOf(element, name))
    .map(({ text }) => text.trim())
    .find((text) => text !== '');

/** True for an element of a name, whatever its prefix. */
export const isNamed = ({ name }: XmlElement, expected: string): boolean => localName(name) === expected;
