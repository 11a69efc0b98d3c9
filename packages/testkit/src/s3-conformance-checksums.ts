import { Readable } from 'node:stream';
import { GetObjectCommand, PutObjectCommand, type PutObjectCommandInput } from '@aws-sdk/client-s3';
import { describe, expect, it } from '@jest/globals';
import { failureOf, type S3Scenario } from './s3-conformance-scenario.ts';

/** Of the text 123456789, from the definitions of the algorithms. */
const CHECKSUMS = {
  ChecksumCRC32: 'y/Q5Jg==',
  ChecksumCRC32C: '4waSgw==',
  ChecksumCRC64NVME: 'rosUhgp5mIg=',
  ChecksumSHA1: '98O8HYCOBHMq32eZZczDTKeuNEE=',
  ChecksumSHA256: 'FeKw08M4keuw8e9gnsQZQgwg4yDOlMZfvIwzEkSOsiU=',
};

const cases = Object.entries(CHECKSUMS) as [keyof typeof CHECKSUMS, string][];

/** A checksum of the right length and the wrong value. */
const wrong = (checksum: string): string => {
  const bytes = Buffer.from(checksum, 'base64');
  bytes[0] = (bytes[0] ?? 0) ^ 1;
  return bytes.toString('base64');
};

export const s3ChecksumTests = ({ client, bucket, put }: S3Scenario): void => {
  describe('checksums', () => {
    it.each(cases)('verifies and returns %s', async (name, value) => {
      const Bucket = await bucket();
      const answer = await put(Bucket, 'key', '123456789', { [name]: value });
      expect(answer[name]).toBe(value);
      const got = await client().send(new GetObjectCommand({ Bucket, Key: 'key', ChecksumMode: 'ENABLED' }));
      expect(got[name]).toBe(value);
      expect(got.ChecksumType).toBe('FULL_OBJECT');
      expect(await got.Body!.transformToString()).toBe('123456789');
    });

    it.each(cases)('refuses a wrong %s', async (name, value) => {
      const Bucket = await bucket();
      const call = put(Bucket, 'key', '123456789', { [name]: wrong(value) });
      expect(await failureOf(call)).toBe('400 BadDigest');
      expect(await failureOf(client().send(new GetObjectCommand({ Bucket, Key: 'key' })))).toBe(
        '404 NoSuchKey',
      );
    });

    it('verifies Content-MD5', async () => {
      const Bucket = await bucket();
      await put(Bucket, 'key', '123456789', { ContentMD5: 'JfnnlDI7RTiF9RgfG2JNCw==' });
      const call = put(Bucket, 'key', '123456789', { ContentMD5: 'AAAAAAAAAAAAAAAAAAAAAA==' });
      expect(await failureOf(call)).toBe('400 BadDigest');
    });

    it.each(['CRC32', 'CRC32C', 'SHA256'] as const)('takes %s behind a streamed body', async (algorithm) => {
      const Bucket = await bucket();
      const input: PutObjectCommandInput = {
        Bucket,
        Key: 'key',
        Body: Readable.from(['1234', '56789'].map((text) => Buffer.from(text))),
        ContentLength: 9,
        ChecksumAlgorithm: algorithm,
      };
      const answer = await client().send(new PutObjectCommand(input));
      expect(answer[`Checksum${algorithm}`]).toBe(CHECKSUMS[`Checksum${algorithm}`]);
    });
  });
};
