import type { UploadPolicy } from './upload-policy.ts';

/**
 * Those who got least so far, whoever they are. One slot a round moves on: a neighbour that is far away needs a round
 * trip to make use of a slot, and another to get up to speed.
 */
export const leastServed: UploadPolicy = (interested, { slots }) => {
  const byNeed = [...interested].sort((a, b) => a.sentBytes - b.sentBytes);
  const staying = byNeed.filter(({ unchoked }) => unchoked).slice(0, slots);
  const others = byNeed.filter(({ unchoked }) => !unchoked);
  const gotMost = staying.at(-1)?.sentBytes ?? 0;
  if (staying.length === slots && others[0] !== undefined && others[0].sentBytes < gotMost) staying.pop();
  const served = [...staying, ...others].slice(0, slots);
  return { unchoked: new Set(served.map(({ id }) => id)), optimistic: undefined };
};
