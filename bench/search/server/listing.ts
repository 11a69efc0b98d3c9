import type { BucketFolder, FileObject } from './bucket-folder.ts';

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');

const contents = ([key, { sizeBytes, etag, lastModified }]: [string, FileObject]): string =>
  `<Contents><Key>${escaped(key)}</Key><LastModified>${lastModified.toISOString()}</LastModified>` +
  `<ETag>${escaped(etag)}</ETag><Size>${String(sizeBytes)}</Size><StorageClass>STANDARD</StorageClass></Contents>`;

/** The answer to ListObjectsV2; one page, however long. */
export const listing = (folder: BucketFolder, bucket: string, query: URLSearchParams): string => {
  const prefix = query.get('prefix') ?? '';
  const delimiter = query.get('delimiter') ?? '';
  const startAfter = query.get('start-after') ?? '';
  const commonPrefixes = new Set<string>();
  const objects = folder.list(bucket, prefix).filter(([key]) => {
    if (key <= startAfter) return false;
    const at = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
    if (at >= 0) commonPrefixes.add(key.slice(0, at + delimiter.length));
    return at < 0;
  });
  const prefixes = [...commonPrefixes].map(
    (common) => `<CommonPrefixes><Prefix>${escaped(common)}</Prefix></CommonPrefixes>`,
  );
  return (
    '<?xml version="1.0" encoding="UTF-8"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">' +
    `<Name>${escaped(bucket)}</Name><Prefix>${escaped(prefix)}</Prefix>` +
    `<KeyCount>${String(objects.length + prefixes.length)}</KeyCount><MaxKeys>1000</MaxKeys>` +
    `<IsTruncated>false</IsTruncated>${objects.map(contents).join('')}${prefixes.join('')}</ListBucketResult>`
  );
};
