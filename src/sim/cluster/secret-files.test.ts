/** Files that prove who connects: what is none of that kind is refused by its name, before anything is connected to. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { certificatesIn } from '../../../test/support/certificates.ts';
import { operatorOf } from '../../../test/support/nats-operator.ts';
import { readClusterAddress } from './cluster-address.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'secrets-test-'));
  certificatesIn(folder);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const at = (name: string): string => join(folder, name);
function written(text: string): string {
  writeFileSync(at('written'), text);
  return at('written');
}

const read = (options: object, env = {}) => readClusterAddress('nats://lab-1:4222', options, env);
const withKey = (tlsKey: string) => () => read({ tlsCert: at('client.pem'), tlsKey });

test('what nsc, nats and openssl write is taken', () => {
  const { creds } = operatorOf();
  expect(read({ creds: written(creds) }).credentials).toEqual({ kind: 'creds', text: creds });
  const chain = readFileSync(at('ca.pem'), 'utf8') + readFileSync(at('server.pem'), 'utf8');
  expect(read({ creds: written(creds), tlsCa: at('ca.pem') }).tls?.ca).toContain('BEGIN CERTIFICATE');
  expect(read({ tlsCert: at('client.pem'), tlsKey: at('client.key'), tlsCa: written(chain) }).tls).toEqual({
    ca: chain,
    cert: readFileSync(at('client.pem'), 'utf8'),
    key: readFileSync(at('client.key'), 'utf8'),
  });
});

describe('refused by the name of its file and by its option is', () => {
  const none =
    /written are no credentials of NATS \(--creds, NATS_CREDS\), as nsc generate creds writes them: /;

  test('a file of credentials that has none, or a seed that is none', () => {
    expect(() => read({ creds: written('garbage') })).toThrow(none);
    expect(() => read({}, { NATS_CREDS: written('') })).toThrow(none);
    const { creds } = operatorOf();
    const spoilt = creds.replace(/\nSU\w{4}/, '\nSUAAAA');
    expect(spoilt).not.toBe(creds);
    expect(() => read({ creds: written(spoilt) })).toThrow(none);
  });

  test('a certificate that is none, also in the middle of a chain', () => {
    const own = readFileSync(at('ca.pem'), 'utf8');
    const broken = own.replace(/\n[\w+/=]{20}/, '\nAAAAAAAAAAAAAAAAAAAA');
    for (const text of ['garbage', '', readFileSync(at('client.key'), 'utf8'), own + broken]) {
      expect(() => read({ tlsCa: written(text) })).toThrow(
        /written is no certificate in PEM \(--tls-ca, NATS_CA\): /,
      );
      expect(() => read({ tlsCert: written(text), tlsKey: at('client.key') })).toThrow(
        /written is no certificate in PEM \(--tls-cert, NATS_CERT\): /,
      );
    }
  });

  test('a key that is none, or is that of another certificate, or that asks for a passphrase', () => {
    expect(withKey(written('garbage'))).toThrow(/written is no private key in PEM \(--tls-key, NATS_KEY\): /);
    expect(withKey(at('server.key'))).toThrow(/server\.key is not the key of the certificate .*client\.pem/);
    execFileSync(
      'openssl',
      ['pkcs8', '-topk8', '-in', at('client.key'), '-out', at('locked.key'), '-passout', 'pass:x'],
      { stdio: 'pipe' },
    );
    expect(withKey(at('locked.key'))).toThrow(/locked\.key needs a passphrase, .*: take it off/);
  });

  test('one that is not there', () => {
    expect(() => read({ creds: at('nowhere') })).toThrow(/the credentials cannot be read: .*nowhere/);
    expect(() => read({ tlsCa: at('nowhere') })).toThrow(/authority cannot be read: .*nowhere/);
  });
});
