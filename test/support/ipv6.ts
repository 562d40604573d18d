import { networkInterfaces } from 'node:os';

/** Whether this machine can be reached at `::1`. */
export const hasIpv6 = Object.values(networkInterfaces())
  .flat()
  .some((address) => address?.address === '::1');
