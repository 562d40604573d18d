/** At which addresses an agent's peers listen, and others reach them. */
import { once } from 'node:events';
import { createServer, isIPv4 } from 'node:net';
import { networkInterfaces } from 'node:os';
import { isIpv6, isLoopback } from '../../core/address.ts';
import { ConfigError } from '../../core/errors.ts';

export const LOOPBACK = '127.0.0.1';
const WILDCARDS = ['0.0.0.0', '::'];

export interface AddressRules {
  /** Who gives work to the agent has proven who he is. */
  readonly isProven: boolean;
  /** The user takes the risk that nobody has to. */
  readonly insecure: boolean;
}

/**
 * What the user gave, once it is sure that the agent can listen there; otherwise the addresses of the machine, or
 * 127.0.0.1 where anybody may give work to the agent.
 *
 * @param given by `--address`; may be empty
 * @returns at least one; peers and tracker listen at the first
 * @throws {ConfigError} one of them is no numeric address, or none of this machine, or is reached by other machines
 *   where it may not be; names the addresses that there are
 */
export async function ownAddresses(given: readonly string[], rules: AddressRules): Promise<string[]> {
  for (const address of given) await requireOwn(address, rules);
  if (given.length > 0) return [...given];
  return rules.isProven ? addressesOfMachine() : [LOOPBACK];
}

/** Those that other hosts may reach, IPv4 first; loopback where there are no others. */
function addressesOfMachine(): string[] {
  const all = Object.values(networkInterfaces()).flatMap((own) => own ?? []);
  const outward = all.filter(({ internal, address }) => !internal && !address.startsWith('fe80:'));
  const chosen = outward.length > 0 ? outward : all;
  return chosen.toSorted((a, b) => (a.family < b.family ? -1 : 1)).map(({ address }) => address);
}

async function requireOwn(address: string, { isProven, insecure }: AddressRules): Promise<void> {
  const refuse = (why: string, cause?: unknown): never => {
    throw new ConfigError(`--address ${address}: ${why}`, { cause });
  };
  const has = `this machine has ${[...new Set([...addressesOfMachine(), LOOPBACK])].join(', ')}`;
  if (!isIPv4(address) && !isIpv6(address)) return refuse(`is no numeric address; ${has}`);
  if (WILDCARDS.includes(address)) return refuse(`stands for all addresses, and others need one; ${has}`);
  // Always of this machine. Other systems than Linux listen at 127.0.0.1 alone, but runs in virtual time need no address.
  if (isLoopback(address)) return;
  if (!isProven && !insecure) {
    return refuse(
      'is reached by other machines, and there are no credentials: whoever reaches the NATS server could have peers ' +
        `listen there; leave it out for ${LOOPBACK}, or set NATS_TOKEN, NATS_USER and NATS_PASSWORD, NATS_CREDS, or ` +
        'NATS_CERT and NATS_KEY; --insecure listens there all the same',
    );
  }
  const why = await whyNotBound(address);
  if (why !== undefined) return refuse(`nothing can listen there (${why.code ?? why.message}); ${has}`, why);
}

/** undefined: it can be listened at. */
async function whyNotBound(host: string): Promise<NodeJS.ErrnoException | undefined> {
  const server = createServer();
  try {
    server.listen({ host, port: 0 });
    await once(server, 'listening');
    return undefined;
  } catch (error) {
    return error as NodeJS.ErrnoException;
  } finally {
    server.close();
  }
}
