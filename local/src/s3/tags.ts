import { S3Error } from './s3-error.ts';
import type { Tag } from './records.ts';
import {
  childOf,
  childrenOf,
  element,
  leaf,
  parseDocument,
  textOf,
  xmlDocument,
  type XmlElement,
} from './xml.ts';

const MAX_OBJECT_TAGS = 10;
const MAX_BUCKET_TAGS = 50;

const checkTags = (tags: Tag[], max: number): Tag[] => {
  if (tags.length > max)
    throw new S3Error('BadRequest', { message: `Object tags cannot be greater than ${String(max)}` });
  if (new Set(tags.map(([key]) => key)).size < tags.length)
    throw new S3Error('InvalidTag', { message: 'Cannot provide multiple Tags with the same key' });
  for (const [key, value] of tags) {
    if (key === '' || key.length > 128)
      throw new S3Error('InvalidTag', { message: 'The TagKey you have provided is invalid' });
    if (value.length > 256)
      throw new S3Error('InvalidTag', { message: 'The TagValue you have provided is invalid' });
  }
  return tags;
};

/** The header `x-amz-tagging`: a query string. */
export const tagsOfHeader = (header: string | undefined): Tag[] =>
  checkTags([...new URLSearchParams(header ?? '')], MAX_OBJECT_TAGS);

const readTag = (tag: XmlElement): Tag => {
  const key = textOf(tag, 'Key');
  const value = textOf(tag, 'Value');
  if (key === undefined || value === undefined) throw new S3Error('MalformedXML');
  return [key, value];
};

const parseTagging = (document: string, max: number): Tag[] => {
  const set = childOf(parseDocument(document, 'Tagging'), 'TagSet');
  if (set === undefined) throw new S3Error('MalformedXML');
  return checkTags(childrenOf(set, 'Tag').map(readTag), max);
};

export const parseObjectTags = (document: string): Tag[] => parseTagging(document, MAX_OBJECT_TAGS);

export const checkBucketTags = (document: string): void => void parseTagging(document, MAX_BUCKET_TAGS);

export const taggingDocument = (tags: readonly Tag[]): string =>
  xmlDocument(
    'Tagging',
    element('TagSet', ...tags.map(([key, value]) => element('Tag', leaf('Key', key), leaf('Value', value)))),
  );
