import { BlockList, isIP } from 'node:net';

// IANA special-purpose registries: what does not lead to a public host. Metadata services lie in the link-local ones.
const PRIVATE_V4 = (
  '0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24 ' +
  '192.31.196.0/24 192.52.193.0/24 192.88.99.0/24 192.168.0.0/16 192.175.48.0/24 198.18.0.0/15 ' +
  '198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4 168.63.129.16/32'
).split(' ');
// Only 2000::/3 is handed out; of it, documentation, benchmarks and the ranges that embed IPv4 addresses are refused.
const PRIVATE_V6 = '2001::/23 2001:db8::/32 2002::/16 3fff::/20 2620:4f:8000::/48'.split(' ');

const listOf = (ranges: string[], family: 'ipv4' | 'ipv6'): BlockList => {
  const list = new BlockList();
  for (const range of ranges) {
    const [network = '', prefix] = range.split('/');
    list.addSubnet(network, Number(prefix), family);
  }
  return list;
};

const refusedV4 = listOf(PRIVATE_V4, 'ipv4');
const refusedV6 = listOf(PRIVATE_V6, 'ipv6');
const globalV6 = listOf(['2000::/3'], 'ipv6');

/** True for an IP address that belongs to a host of the public internet; IPv4 in IPv6 clothes is refused. */
export const isPublicAddress = (address: string): boolean => {
  const family = isIP(address);
  if (family === 4) return !refusedV4.check(address, 'ipv4');
  return family === 6 && globalV6.check(address, 'ipv6') && !refusedV6.check(address, 'ipv6');
};
