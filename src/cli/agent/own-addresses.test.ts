/** At which addresses an agent's peers listen, on the machine of the test. */
import { networkInterfaces } from 'node:os';
import { describe, expect, test } from 'vitest';
import { ownAddresses } from './own-addresses.ts';

const PROVEN = { isProven: true, insecure: false };
const ANYBODY = { isProven: false, insecure: false };
const INSISTS = { isProven: false, insecure: true };

const outward = Object.values(networkInterfaces())
  .flatMap((own) => own ?? [])
  .filter(({ internal, family }) => !internal && family === 'IPv4')
  .map(({ address }) => address);

describe('where nobody has to prove who he is', () => {
  test('nothing listens beyond 127.0.0.1, also where the user connects all the same', async () => {
    await expect(ownAddresses([], ANYBODY)).resolves.toEqual(['127.0.0.1']);
    await expect(ownAddresses([], INSISTS)).resolves.toEqual(['127.0.0.1']);
  });

  test('an address that other machines reach is refused with what to do, and taken where the user insists', async (context) => {
    const [address] = outward;
    if (address === undefined) return context.skip('this machine has no address but loopback');
    await expect(ownAddresses([address], ANYBODY)).rejects.toThrow(
      /^--address .*: is reached by other machines.*leave it out for 127\.0\.0\.1, or set NATS_TOKEN.*--insecure/,
    );
    await expect(ownAddresses([address], INSISTS)).resolves.toEqual([address]);
  });

  test('another address of loopback is taken', async () => {
    await expect(ownAddresses(['127.0.0.9', '::1'], ANYBODY)).resolves.toEqual(['127.0.0.9', '::1']);
  });
});

describe('with credentials', () => {
  test('all addresses of the machine are taken, IPv4 first', async (context) => {
    if (outward.length === 0) return context.skip('this machine has no address but loopback');
    expect((await ownAddresses([], PROVEN)).slice(0, outward.length).toSorted()).toEqual(outward.toSorted());
  });

  test.each([
    ['foo', 'is no numeric address'],
    ['lab-1.example', 'is no numeric address'],
    ['localhost', 'is no numeric address'],
    ['10.0.0', 'is no numeric address'],
    ['', 'is no numeric address'],
    ['fe80::1%eth0', 'is no numeric address'],
    ['0.0.0.0', 'stands for all addresses, and others need one'],
    ['::', 'stands for all addresses, and others need one'],
    // For documentation alone (RFC 5737, RFC 3849): no machine has them.
    ['203.0.113.1', 'nothing can listen there (EADDRNOTAVAIL)'],
    ['2001:db8::1', 'nothing can listen there (E'],
  ])('--address %s is refused: it %s, and what there is, is named', async (address, why) => {
    const refused = ownAddresses(['127.0.0.1', address], PROVEN);
    await expect(refused).rejects.toThrow(`--address ${address}: ${why}`);
    await expect(refused).rejects.toThrow(/; this machine has .*127\.0\.0\.1$/);
  });
});
