/** Options of every program that connects to the NATS server of a cluster. */
import type { Command } from 'commander';
import type { AddressOptions } from '../../sim/cluster/cluster-address.ts';

export type ClusterArguments = AddressOptions;

/** Secrets themselves are never options: a command line is seen by everybody on the machine. */
export function addClusterArguments(command: Command): Command {
  return command
    .option(
      '--creds <file>',
      'credentials of NATS (also by NATS_CREDS; a token by NATS_TOKEN, a user by NATS_USER and NATS_PASSWORD)',
    )
    .option('--tls-ca <file>', "certificate of the authority that has signed the server's (also by NATS_CA)")
    .option('--tls-cert <file>', 'certificate of this program, with --tls-key (also by NATS_CERT)')
    .option('--tls-key <file>', 'key of that certificate (also by NATS_KEY)')
    .option('--insecure', 'connect without credentials, also to another machine', false);
}
