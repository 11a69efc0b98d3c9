import { createHash } from 'node:crypto';

/** An attribute as it travels in the JSON protocol; binary values are base64. */
export interface MessageAttribute {
  DataType: string;
  StringValue?: string;
  BinaryValue?: string;
}

export type MessageAttributes = Record<string, MessageAttribute>;

/** What a producer sent; written once. */
export interface MessageContent {
  /** Position in the order of acceptance over all queues; its text sorts like its value. */
  sequence: string;
  messageId: string;
  body: string;
  attributes?: MessageAttributes;
  traceHeader?: string;
  groupId?: string;
  deduplicationId?: string;
  /** The queue whose redrive policy moved the message here. */
  sourceArn?: string;
  sentAtMs: number;
}

/** What receiving changes; small, so that a receive does not write the body again. */
export interface MessageState {
  visibleAtMs: number;
  /** Over all queues the message has been in, as AWS counts. */
  receiveCount: number;
  /** In this queue alone; what maxReceiveCount is compared with. */
  receivesHere: number;
  firstReceivedAtMs?: number;
  /** The secret of the newest receipt handle; older handles no longer act. */
  receipt?: string;
}

export interface Message {
  content: MessageContent;
  state: MessageState;
}

export const md5 = (data: string): string => createHash('md5').update(data).digest('hex');

const bytesOf = ({ DataType, StringValue = '', BinaryValue = '' }: MessageAttribute): Buffer =>
  DataType.startsWith('Binary') ? Buffer.from(BinaryValue, 'base64') : Buffer.from(StringValue);

const lengthPrefixed = (bytes: Buffer): Buffer => {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
};

/** AWS's digest: names in order; name, type and value each with a four-byte length, and one byte for the transport type. */
export const md5OfAttributes = (attributes: MessageAttributes | undefined): string | undefined => {
  const entries = Object.entries(attributes ?? {}).sort(([left], [right]) => (left < right ? -1 : 1));
  if (entries.length === 0) return undefined;
  const hash = createHash('md5');
  for (const [name, attribute] of entries) {
    hash.update(lengthPrefixed(Buffer.from(name)));
    hash.update(lengthPrefixed(Buffer.from(attribute.DataType)));
    hash.update(Buffer.from([attribute.DataType.startsWith('Binary') ? 2 : 1]));
    hash.update(lengthPrefixed(bytesOf(attribute)));
  }
  return hash.digest('hex');
};

/** What counts towards the size limit: the body, and each attribute's name, type and value. */
export const messageSizeBytes = (body: string, attributes: MessageAttributes = {}): number =>
  Object.entries(attributes).reduce(
    (sum, [name, attribute]) =>
      sum + Buffer.byteLength(name) + Buffer.byteLength(attribute.DataType) + bytesOf(attribute).length,
    Buffer.byteLength(body),
  );

const isAllowed = (code: number): boolean =>
  code >= 0x20 ? code <= 0xfffd : code === 0x9 || code === 0xa || code === 0xd;

/** SQS takes the characters of XML 1.0. */
export const hasOnlyAllowedCharacters = (text: string): boolean => {
  for (let index = 0; index < text.length; index++) if (!isAllowed(text.charCodeAt(index))) return false;
  return true;
};
