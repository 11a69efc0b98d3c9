import { refusePattern } from './pattern-error.ts';

/** An IP address as a number of 32 or 128 bits. */
export interface IpAddress {
  bits: 32 | 128;
  value: bigint;
}

const join = (parts: number[], bitsEach: bigint): bigint =>
  parts.reduce((sum, part) => (sum << bitsEach) | BigInt(part), 0n);

const parseV4 = (text: string): IpAddress | undefined => {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) <= 255))
    return undefined;
  return { bits: 32, value: join(parts.map(Number), 8n) };
};

const groupsOf = (text: string): string[] => (text === '' ? [] : text.split(':'));

const parseV6 = (text: string): IpAddress | undefined => {
  const [head = '', tail, more] = text.split('::');
  if (more !== undefined) return undefined;
  const before = groupsOf(head);
  const after = groupsOf(tail ?? '');
  const zeros = 8 - before.length - after.length;
  if (tail === undefined ? zeros !== 0 : zeros < 1) return undefined;
  const groups = [...before, ...Array.from({ length: zeros }, () => '0'), ...after];
  if (!groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return undefined;
  const numbers = groups.map((group) => parseInt(group, 16));
  return { bits: 128, value: join(numbers, 16n) };
};

/** The address a text stands for, or undefined when it is none. */
export const parseIp = (text: string): IpAddress | undefined =>
  text.includes(':') ? parseV6(text) : parseV4(text);

/** A test for the addresses inside a block such as 10.0.0.0/24. */
export const compileCidr = (block: string): ((text: string) => boolean) => {
  const [base = '', mask, more] = block.split('/');
  if (mask === undefined || more !== undefined) return refusePattern("Malformed CIDR, one '/' required");
  const address = parseIp(base);
  if (address === undefined || !/^\d+$/.test(mask)) return refusePattern('Malformed CIDR');
  if (Number(mask) >= address.bits)
    return refusePattern(`IPv${address.bits === 32 ? 4 : 6} mask bits must be < ${address.bits}`);
  const shift = BigInt(address.bits - Number(mask));
  const prefix = address.value >> shift;
  return (text) => {
    const candidate = parseIp(text);
    return candidate?.bits === address.bits && candidate.value >> shift === prefix;
  };
};
