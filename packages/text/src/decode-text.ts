import { isUtf8 } from 'node:buffer';
import { PipelineError } from '@alluvium/contracts';

/** A text may hold this share of control characters (form feeds, escapes) and still be text. */
const MAX_CONTROL_SHARE = 0.02;

/** Offset of the first byte that is not UTF-8: where lenient decoding put a replacement that was not there. */
const firstInvalidByte = (bytes: Uint8Array): number => {
  let offset = 0;
  for (const character of new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)) {
    const written = bytes[offset] === 0xef && bytes[offset + 1] === 0xbf && bytes[offset + 2] === 0xbd;
    if (character === '\ufffd' && !written) return offset;
    offset += Buffer.byteLength(character);
  }
  return offset;
};

const isUtf16 = ([first, second]: Uint8Array) =>
  (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);

const refuse = (code: string, message: string, details: Record<string, unknown>) =>
  new PipelineError(message, { code, kind: 'invalid', details });

const requireText = (bytes: Uint8Array): void => {
  const nul = bytes.indexOf(0);
  if (nul !== -1) {
    throw refuse('NOT_TEXT', `not text: a NUL byte at offset ${nul}`, { offset: nul, bytes: bytes.length });
  }
  let controls = 0;
  for (const byte of bytes) if (byte < 32 && byte !== 9 && byte !== 10 && byte !== 13) controls++;
  if (controls > bytes.length * MAX_CONTROL_SHARE) {
    const message = `not text: ${controls} of ${bytes.length} bytes are control characters`;
    throw refuse('NOT_TEXT', message, { controls, bytes: bytes.length });
  }
};

/**
 * Decodes UTF-8, without a byte order mark.
 * @throws PipelineError NOT_UTF8 (details.offset is the first wrong byte) or NOT_TEXT for binary content.
 */
export const decodeText = (bytes: Uint8Array): string => {
  if (isUtf16(bytes)) {
    throw refuse('NOT_UTF8', 'the text is UTF-16; convert it to UTF-8', { offset: 0, bytes: bytes.length });
  }
  requireText(bytes);
  if (!isUtf8(bytes)) {
    const offset = firstInvalidByte(bytes);
    throw refuse('NOT_UTF8', `not UTF-8: invalid byte at offset ${offset}`, { offset, bytes: bytes.length });
  }
  return new TextDecoder().decode(bytes);
};
