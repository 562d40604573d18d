/** An operator with an account and a user, as `nsc` would make them, for a server that trusts it. */
import { createHash } from 'node:crypto';
import { nkeys } from '@nats-io/nats-core';

type KeyPair = ReturnType<typeof nkeys.createUser>;

const UNLIMITED = -1;

/** `config`: lines of a server's configuration; `creds`: the text of a file of credentials. */
export function operatorOf(): { readonly config: string; readonly creds: string } {
  const [operator, account, user] = [nkeys.createOperator(), nkeys.createAccount(), nkeys.createUser()];
  // JetStream does not start without one.
  const system = nkeys.createAccount();
  const limits = { subs: UNLIMITED, data: UNLIMITED, payload: UNLIMITED };
  const ofSystem = { ...limits, imports: UNLIMITED, exports: UNLIMITED, conn: UNLIMITED, leaf: UNLIMITED };
  const store = { mem_storage: UNLIMITED, disk_storage: UNLIMITED, streams: UNLIMITED, consumer: UNLIMITED };
  const ofWork = { ...ofSystem, ...store, wildcards: true };
  const trusted = jwt(operator, operator, 'operator', {});
  const accounts = [
    { pair: system, limits: ofSystem },
    { pair: account, limits: ofWork },
  ].map(
    ({ pair, limits: own }) => `${pair.getPublicKey()}: ${jwt(pair, operator, 'account', { limits: own })}`,
  );
  const ofUser = jwt(user, account, 'user', { ...limits, pub: {}, sub: {} });
  const seed = new TextDecoder().decode(user.getSeed());
  const block = (what: string, text: string): string =>
    `-----BEGIN ${what}-----\n${text}\n------END ${what}------\n\n`;
  return {
    config: [
      `operator: ${trusted}`,
      `system_account: ${system.getPublicKey()}`,
      `resolver: MEMORY\nresolver_preload: { ${accounts.join(', ')} }`,
    ].join('\n'),
    creds: block('NATS USER JWT', ofUser) + block('USER NKEY SEED', seed),
  };
}

/** @see https://docs.nats.io/running-a-nats-service/configuration/securing_nats/auth_intro/jwt */
function jwt(subject: KeyPair, issuer: KeyPair, type: string, about: object): string {
  const claims = {
    iat: Math.floor(Date.now() / 1000),
    iss: issuer.getPublicKey(),
    name: type,
    sub: subject.getPublicKey(),
    nats: { ...about, type, version: 2 },
  };
  const jti = createHash('sha256').update(JSON.stringify(claims)).digest('base64url');
  const signed = [
    { typ: 'JWT', alg: 'ed25519-nkey' },
    { jti, ...claims },
  ]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  const signature = issuer.sign(new TextEncoder().encode(signed));
  return `${signed}.${Buffer.from(signature).toString('base64url')}`;
}
