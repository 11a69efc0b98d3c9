import { createHash } from 'node:crypto';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  UploadPartCommand,
  UploadPartCopyCommand,
  type CompletedPart,
  type CompleteMultipartUploadCommandInput,
  type CreateMultipartUploadCommandInput,
} from '@aws-sdk/client-s3';
import { describe, expect, it } from '@jest/globals';
import { failureOf, type S3Scenario } from './s3-conformance-scenario.ts';

const MIN_PART = Buffer.alloc(5 * 2 ** 20, 'first ');
const TAIL = Buffer.from('the end');

const md5 = (data: Uint8Array): Buffer => createHash('md5').update(data).digest();

interface Upload {
  Bucket: string;
  Key: string;
  UploadId: string;
}

const makeSteps = ({ client, bucket }: S3Scenario) => ({
  begin: async (options: Partial<CreateMultipartUploadCommandInput> = {}): Promise<Upload> => {
    const target = { Bucket: await bucket(), Key: 'big file' };
    const { UploadId } = await client().send(new CreateMultipartUploadCommand({ ...target, ...options }));
    return { ...target, UploadId: UploadId! };
  },
  part: async (upload: Upload, PartNumber: number, Body: Uint8Array): Promise<CompletedPart> => {
    const { ETag } = await client().send(new UploadPartCommand({ ...upload, PartNumber, Body }));
    return { PartNumber, ETag };
  },
  complete: (
    upload: Upload,
    Parts: CompletedPart[],
    options: Partial<CompleteMultipartUploadCommandInput> = {},
  ) =>
    client().send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts }, ...options })),
});

const assembleTests = (scenario: S3Scenario): void => {
  const { client, text } = scenario;
  const { begin, part, complete } = makeSteps(scenario);

  it('assembles parts, whatever the order they came in', async () => {
    const upload = await begin({ ContentType: 'text/x', Metadata: { a: 'b' } });
    const second = await part(upload, 7, TAIL);
    const first = await part(upload, 2, MIN_PART);
    const { ETag } = await complete(upload, [first, second]);
    expect(ETag).toBe(`"${md5(Buffer.concat([md5(MIN_PART), md5(TAIL)])).toString('hex')}-2"`);
    const { Bucket, Key } = upload;
    const got = await client().send(new GetObjectCommand({ Bucket, Key }));
    expect(got).toMatchObject({ ContentType: 'text/x', Metadata: { a: 'b' }, ETag });
    expect(Buffer.from(await got.Body!.transformToByteArray()).equals(Buffer.concat([MIN_PART, TAIL]))).toBe(
      true,
    );
    const Range = `bytes=${MIN_PART.length - 2}-${MIN_PART.length + 2}`;
    expect(await text(Bucket, Key, { Range })).toBe('stthe'.replace('st', MIN_PART.subarray(-2).toString()));
  });

  it('answers one part of the whole', async () => {
    const upload = await begin();
    const parts = [await part(upload, 1, MIN_PART), await part(upload, 2, TAIL)];
    await complete(upload, parts);
    const { Bucket, Key } = upload;
    const got = await client().send(new GetObjectCommand({ Bucket, Key, PartNumber: 2 }));
    expect(got.PartsCount).toBe(2);
    expect(await got.Body!.transformToString()).toBe('the end');
  });

  it('combines checksums of the parts into one of the whole', async () => {
    const upload = await begin({ ChecksumAlgorithm: 'CRC32', ChecksumType: 'FULL_OBJECT' });
    const parts = [await part(upload, 1, MIN_PART), await part(upload, 2, TAIL)];
    const whole = await complete(upload, parts);
    const { Bucket } = upload;
    const single = await scenario.put(Bucket, 'single', Buffer.concat([MIN_PART, TAIL]));
    expect(whole.ChecksumCRC32).toBe(single.ChecksumCRC32);
  });

  it('makes a composite of SHA-256 sums', async () => {
    const upload = await begin({ ChecksumAlgorithm: 'SHA256' });
    const { ETag, ChecksumSHA256 } = await client().send(
      new UploadPartCommand({ ...upload, PartNumber: 1, Body: TAIL, ChecksumAlgorithm: 'SHA256' }),
    );
    const whole = await complete(upload, [{ PartNumber: 1, ETag, ChecksumSHA256 }]);
    const sum = createHash('sha256').update(createHash('sha256').update(TAIL).digest()).digest('base64');
    expect(whole.ChecksumSHA256).toBe(`${sum}-1`);
  });

  it('copies ranges of an object as parts', async () => {
    const upload = await begin();
    await scenario.put(upload.Bucket, 'source', Buffer.concat([MIN_PART, TAIL]));
    const copy = async (PartNumber: number, CopySourceRange: string): Promise<CompletedPart> => {
      const { CopyPartResult } = await client().send(
        new UploadPartCopyCommand({
          ...upload,
          PartNumber,
          CopySource: `${upload.Bucket}/source`,
          CopySourceRange,
        }),
      );
      return { PartNumber, ETag: CopyPartResult?.ETag };
    };
    const size = MIN_PART.length;
    const parts = [await copy(1, `bytes=0-${size - 1}`), await copy(2, `bytes=${size}-${size + 2}`)];
    await complete(upload, parts);
    expect(await text(upload.Bucket, upload.Key, { Range: 'bytes=-3' })).toBe('the');
  });
};

const refusalTests = (scenario: S3Scenario): void => {
  const { client, put } = scenario;
  const { begin, part, complete } = makeSteps(scenario);

  it('refuses a small part that is not the last', async () => {
    const upload = await begin();
    const parts = [await part(upload, 1, TAIL), await part(upload, 2, TAIL)];
    expect(await failureOf(complete(upload, parts))).toBe('400 EntityTooSmall');
  });

  it('refuses unknown and unordered parts', async () => {
    const upload = await begin();
    const one = await part(upload, 1, TAIL);
    const two = await part(upload, 2, TAIL);
    expect(await failureOf(complete(upload, [two, one]))).toBe('400 InvalidPartOrder');
    expect(await failureOf(complete(upload, [{ ...one, PartNumber: 3 }]))).toBe('400 InvalidPart');
    expect(await failureOf(complete(upload, [{ ...one, ETag: '"no"' }]))).toBe('400 InvalidPart');
  });

  it('completes under a condition', async () => {
    const upload = await begin();
    const parts = [await part(upload, 1, TAIL)];
    await put(upload.Bucket, upload.Key, 'here first');
    expect(await failureOf(complete(upload, parts, { IfNoneMatch: '*' }))).toBe('412 PreconditionFailed');
    await complete(upload, parts, { IfMatch: '*' });
  });

  it('forgets an aborted upload', async () => {
    const upload = await begin();
    await part(upload, 1, TAIL);
    await client().send(new AbortMultipartUploadCommand(upload));
    expect(await failureOf(part(upload, 2, TAIL))).toBe('404 NoSuchUpload');
    expect(await failureOf(client().send(new AbortMultipartUploadCommand(upload)))).toBe('404 NoSuchUpload');
    const { Bucket, Key } = upload;
    expect(await failureOf(client().send(new HeadObjectCommand({ Bucket, Key })))).toBe('404 NotFound');
  });
};

const listTests = (scenario: S3Scenario): void => {
  const { client } = scenario;
  const { begin, part } = makeSteps(scenario);

  it('lists parts page by page, each in its last form', async () => {
    const upload = await begin();
    for (const number of [1, 2, 3]) await part(upload, number, TAIL);
    const again = await part(upload, 1, Buffer.from('again'));
    const first = await client().send(new ListPartsCommand({ ...upload, MaxParts: 2 }));
    expect(first.Parts).toMatchObject([{ PartNumber: 1, ETag: again.ETag, Size: 5 }, { PartNumber: 2 }]);
    expect(first.IsTruncated).toBe(true);
    const PartNumberMarker = first.NextPartNumberMarker;
    const last = await client().send(new ListPartsCommand({ ...upload, PartNumberMarker }));
    expect(last.Parts).toMatchObject([{ PartNumber: 3 }]);
  });

  it('lists uploads page by page', async () => {
    const { Bucket, UploadId } = await begin();
    const { UploadId: other } = await client().send(new CreateMultipartUploadCommand({ Bucket, Key: 'zz' }));
    const first = await client().send(new ListMultipartUploadsCommand({ Bucket, MaxUploads: 1 }));
    expect(first.Uploads).toMatchObject([{ Key: 'big file', UploadId }]);
    const { NextKeyMarker: KeyMarker, NextUploadIdMarker: UploadIdMarker } = first;
    const last = await client().send(new ListMultipartUploadsCommand({ Bucket, KeyMarker, UploadIdMarker }));
    expect(last.Uploads).toMatchObject([{ Key: 'zz', UploadId: other }]);
    expect(last.IsTruncated).toBe(false);
  });
};

export const s3MultipartTests = (scenario: S3Scenario): void => {
  describe('multipart uploads', () => {
    assembleTests(scenario);
    refusalTests(scenario);
    listTests(scenario);
  });
};
