import fc from 'fast-check';
import { SocketAddress } from 'node:net';
import { describe, expect, it } from 'vitest';
import { addressKey, addressText, canonicalHost, isIpv6, isLoopback } from './address.ts';

const groups = fc.array(fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 0xffff })), {
  minLength: 8,
  maxLength: 8,
});

/** One of the many texts of an address: zeros before digits, either case, one run of zeros left out or none. */
const spellings = fc
  .tuple(groups, fc.array(fc.boolean(), { minLength: 16, maxLength: 16 }), fc.nat())
  .map(([numbers, coins, which]): { numbers: number[]; text: string } => {
    const words = numbers.map((number, at) => {
      const hex = number.toString(16).padStart(coins[at]! ? 4 : 1, '0');
      return coins[8 + at]! ? hex.toUpperCase() : hex;
    });
    const runs = numbers.flatMap((_, first) =>
      numbers
        .slice(first)
        .flatMap((_, more) =>
          numbers.slice(first, first + more + 1).every((number) => number === 0)
            ? [[first, first + more + 1] as const]
            : [],
        ),
    );
    const run = runs[which % (runs.length + 1)];
    const text =
      run === undefined
        ? words.join(':')
        : `${words.slice(0, run[0]).join(':')}::${words.slice(run[1]).join(':')}`;
    return { numbers, text };
  });

/** As the system writes it, apart from IPv4 inside IPv6. */
function bySystem(text: string): string {
  return new SocketAddress({ address: text, family: 'ipv6' }).address;
}

describe('one host has one text', () => {
  it('whichever way an IPv6 address is written', () => {
    fc.assert(
      fc.property(spellings, ({ numbers, text }) => {
        const plain = numbers.map((number) => number.toString(16)).join(':');
        expect(isIpv6(text)).toBe(true);
        expect(canonicalHost(text)).toBe(canonicalHost(plain));
        expect(canonicalHost(canonicalHost(text))).toBe(canonicalHost(text));
        expect(bySystem(canonicalHost(text))).toBe(bySystem(plain));
      }),
    );
  });

  // RFC 5952, section 4.
  it.each([
    ['2001:0db8::0001', '2001:db8::1'],
    ['2001:db8:0:0:0:0:2:1', '2001:db8::2:1'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['2001:0:0:1:0:0:0:1', '2001:0:0:1::1'],
    ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['2001:DB8::ABCD', '2001:db8::abcd'],
    ['0:0:0:0:0:0:0:1', '::1'],
    ['::', '::'],
  ])('%s is written %s', (text, canonical) => {
    expect(canonicalHost(text)).toBe(canonical);
  });

  it('an IPv4 address stays one inside IPv6', () => {
    fc.assert(
      fc.property(fc.ipV4(), (address) => {
        expect(canonicalHost(`::ffff:${address}`)).toBe(canonicalHost(address));
        expect(canonicalHost(`0:0:0:0:0:FFFF:${address}`)).toBe(canonicalHost(address));
      }),
    );
    expect(canonicalHost('::ffff:7f00:1')).toBe('localhost');
  });

  it('localhost is 127.0.0.1, and ::1 is another host', () => {
    expect(canonicalHost('127.0.0.1')).toBe('localhost');
    expect(addressKey({ host: '::1', port: 7 })).not.toBe(addressKey({ host: 'localhost', port: 7 }));
  });

  it.each(['example.org', 'fe80::1%eth0', 'a:b', '1::2::3', ':', '[::1]', 'localhost:80', '::1/64', '::g'])(
    '%s is no IPv6 address, and stays as it is',
    (text) => {
      expect(isIpv6(text)).toBe(false);
      expect(canonicalHost(text)).toBe(text);
    },
  );
});

it('a port stands behind brackets where the host has colons', () => {
  expect(addressText({ host: '::1', port: 7001 })).toBe('[::1]:7001');
  expect(addressText({ host: 'localhost', port: 7001 })).toBe('localhost:7001');
  expect(addressKey({ host: '0::1', port: 7001 })).toBe('[::1]:7001');
});

describe('loopback', () => {
  it('is localhost, all of 127.0.0.0/8 and ::1 in any spelling, and nothing else', () => {
    for (const host of [
      'localhost',
      '127.0.0.1',
      '127.9.0.2',
      '::1',
      '0:0:0:0:0:0:0:1',
      '::ffff:127.0.0.2',
    ]) {
      expect(isLoopback(host), host).toBe(true);
    }
    for (const host of ['10.0.0.127', '1.127.0.0', '::', 'fd00::1', 'lab-1', '0.0.0.0']) {
      expect(isLoopback(host), host).toBe(false);
    }
  });
});
