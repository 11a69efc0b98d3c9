import { lookup as systemLookup, type LookupAddress, type LookupOptions } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { PipelineError } from '@alluvium/contracts';
import { isPublicAddress } from './addresses.ts';

/** Resolves a name to all its addresses, as dns.lookup does with `all`. */
export type ResolveAll = (
  hostname: string,
  options: LookupOptions & { all: true },
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

/** Says that an address may not be asked. */
export const addressRefused = (host: string, address: string): PipelineError =>
  new PipelineError(
    `${host} leads to ${address}, which is not a public address; allow the host by name if it is meant`,
    { code: 'ADDRESS_REFUSED', kind: 'invalid', details: { host, address } },
  );

/**
 * The lookup of a socket. It decides on the very addresses that the socket connects to: a name that answers otherwise
 * on its second resolution gains nothing. One address that is not public condemns the name.
 */
export const guardedLookup =
  (isAllowedHost: (host: string) => boolean, resolveAll: ResolveAll = systemLookup): LookupFunction =>
  (hostname, options, callback) => {
    resolveAll(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null) {
        callback(error, '', 0);
        return;
      }
      const refused = addresses.find(({ address }) => !isPublicAddress(address));
      const [first] = addresses;
      if (refused !== undefined && !isAllowedHost(hostname)) {
        callback(addressRefused(hostname, refused.address), '', 0);
      } else if (options.all === true) callback(null, addresses);
      else callback(null, first?.address ?? '', first?.family ?? 0);
    });
  };
