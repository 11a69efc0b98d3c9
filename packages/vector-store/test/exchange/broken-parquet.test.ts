import { describe, expect, it } from '@jest/globals';
import { fromParquet, toParquet } from '../../src/exchange.ts';
import { documentOf } from '../deltas.ts';
import { collect, stream } from './documents.ts';

const fileOf = (bytes: Uint8Array) => ({
  byteLength: bytes.length,
  slice: async (start: number, end?: number) => new Uint8Array(bytes.subarray(start, end)).buffer,
});

describe('a Parquet file with a broken footer', () => {
  it('is refused as an import, whichever byte of the footer is wrong', async () => {
    const parquet = Buffer.concat(await collect(toParquet(stream([documentOf(1)]))));
    const footerAt = parquet.length - 8 - parquet.readUInt32LE(parquet.length - 8);
    for (let at = footerAt; at < parquet.length; at += 1) {
      const broken = new Uint8Array(parquet).with(at, 0xff);
      const found = await collect(fromParquet(fileOf(broken))).catch((error: unknown) => error);
      if (!Array.isArray(found)) expect(found).toMatchObject({ code: 'IMPORT_INVALID', kind: 'invalid' });
    }
  });
});
