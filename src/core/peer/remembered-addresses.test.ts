/** What a peer remembers by addresses that others claim: whoever makes up ever new ones only has the oldest forgotten. */
import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../sim/engines/virtual/virtual-clock.ts';
import { addressKey } from '../address.ts';
import { ADDRESSES_MAX } from '../bounded-map.ts';
import { Bans } from './bans.ts';
import { PatienceByAddress } from './patience-by-address.ts';
import { HolderBackOff } from './spec/holder-back-off.ts';
import { Suspicions } from './swarm/downloading/suspicions.ts';

const addresses = Array.from({ length: ADDRESSES_MAX + 1 }, (_, at) => ({ host: 'claimed', port: at + 1 }));
const [first, second, last] = [addresses[0]!, addresses[1]!, addresses.at(-1)!];
const offence = { index: 1, hash: 'a'.repeat(40) };

describe(`of ${addresses.length} addresses the latest ${ADDRESSES_MAX} are remembered`, () => {
  it('as banned', () => {
    const bans = new Bans();
    for (const address of addresses) bans.add(address, offence);
    expect([first, second, last].map((address) => bans.has(address))).toEqual([false, true, true]);
  });

  it('as suspect', () => {
    const suspicions = new Suspicions();
    for (const address of addresses) suspicions.add(1, offence.hash, [addressKey(address)]);
    const isSuspect = [first, second, last].map((address) => suspicions.isSuspect(addressKey(address)));
    expect(isSuspect).toEqual([false, true, true]);
  });

  it('with the time that they need', () => {
    const patience = new PatienceByAddress(1000, { learnsUsual: false });
    for (const address of addresses) patience.of(address).struck();
    expect([second, last, first].map((address) => patience.of(address).limitMs)).toEqual([2000, 2000, 1000]);
  });
});

it('of 20,001 pauses of spec holders the latest 20,000 are kept', () => {
  const backOff = new HolderBackOff(new VirtualClock());
  for (let index = 1; index <= 20_001; index++) backOff.lacks('holder', index);
  expect([1, 2, 20_001].map((index) => backOff.mayAsk('holder', index))).toEqual([true, false, false]);
});
