/** A form as it was sent: fields as text, and the bytes of its file. */
export interface Multipart {
  fields: Record<string, string>;
  file: Uint8Array | undefined;
}

const HEAD_END = '\r\n\r\n';

/** Reads multipart/form-data as fetch writes it. */
export const readMultipart = (bytes: Buffer, contentType: string): Multipart => {
  const [, boundary = ''] = /boundary=([^;]+)/.exec(contentType) ?? [];
  // In latin1 one character is one byte.
  const parts = bytes.toString('latin1').split(`--${boundary}`).slice(1, -1);
  const form: Multipart = { fields: {}, file: undefined };
  for (const part of parts) {
    const headEnd = part.indexOf(HEAD_END);
    const head = part.slice(0, headEnd);
    const content = Buffer.from(part.slice(headEnd + HEAD_END.length, -2), 'latin1');
    const [, name = ''] = / name="([^"]*)"/.exec(head) ?? [];
    if (head.includes('filename=')) form.file = new Uint8Array(content);
    form.fields[name] = head.includes('filename=') ? '(file)' : content.toString('utf8');
  }
  return form;
};
