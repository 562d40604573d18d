/** Files that prove who connects to a server, or whom it may trust: looked at before anything waits for the server. */
import { credsAuthenticator } from '@nats-io/nats-core';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { ConfigError } from '../../core/errors.ts';
import { readTextFile } from '../../core/node/store/text-file.ts';

/** The text of a .creds file. @throws {ConfigError} it cannot be read, or is none; names the file */
export function readCreds(file: string): string {
  return read(file, 'credentials', (text) => {
    try {
      credsAuthenticator(new TextEncoder().encode(text))('nonce');
    } catch (cause) {
      throw refusal(
        file,
        'are no credentials of NATS (--creds, NATS_CREDS), as nsc generate creds writes them',
        cause,
      );
    }
  });
}

/** One certificate or more, as PEM. @throws {ConfigError} it cannot be read, or is none; names the file */
export function readAuthority(file: string): string {
  return read(file, 'certificate of the authority', (text) => {
    requireCertificates(file, text, '--tls-ca, NATS_CA');
  });
}

/** PEM texts that belong together. @throws {ConfigError} they do not, or one cannot be read, or is none; names the file */
export function readOwnCertificate(files: { readonly cert: string; readonly key: string }): {
  readonly cert: string;
  readonly key: string;
} {
  const cert = read(files.cert, 'certificate', (text) => {
    requireCertificates(files.cert, text, '--tls-cert, NATS_CERT');
  });
  const key = read(files.key, 'key', (text) => {
    let own: ReturnType<typeof createPrivateKey>;
    try {
      own = createPrivateKey(text);
    } catch (cause) {
      const isLocked = text.includes('ENCRYPTED');
      const what = isLocked
        ? 'needs a passphrase, for which nobody can be asked: take it off'
        : 'is no private key in PEM';
      throw refusal(files.key, `${what} (--tls-key, NATS_KEY)`, cause);
    }
    if (new X509Certificate(cert).checkPrivateKey(own)) return;
    throw refusal(files.key, `is not the key of the certificate ${files.cert} (--tls-key, NATS_KEY)`);
  });
  return { cert, key };
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----/gs;

/** All of a chain: of what cannot be parsed in the middle of it the library would say nothing. */
function requireCertificates(file: string, text: string, options: string): void {
  const blocks = text.match(CERTIFICATE) ?? [''];
  for (const block of blocks) {
    try {
      new X509Certificate(block);
    } catch (cause) {
      throw refusal(file, `is no certificate in PEM (${options})`, cause);
    }
  }
}

function read(file: string, what: string, check: (text: string) => void): string {
  let text: string;
  try {
    text = readTextFile(file);
  } catch (cause) {
    throw new ConfigError(`the ${what} cannot be read: ${(cause as Error).message}`, { cause });
  }
  check(text);
  return text;
}

function refusal(file: string, why: string, cause?: unknown): ConfigError {
  const reason = cause instanceof Error ? `: ${cause.message}` : '';
  return new ConfigError(`${file} ${why}${reason}`, { cause });
}
