/** A server whose only user may do what docs/cluster.md says that a user needs, and nothing else. */
import { readFileSync } from 'node:fs';
import { JETSTREAM } from './nats-server.ts';

/** The user and his password, as they stand in a URL. */
export const DOCUMENTED_USER = 'lab:pw';

/** Lines of a configuration. */
export function documentedPermissions(): string {
  const page = readFileSync(new URL('../../docs/cluster.md', import.meta.url), 'utf8');
  const [, publish, subscribe] = /needs to publish to (.*?), and to subscribe to (.*?)\. /.exec(page)!;
  const subjects = (text: string): string =>
    JSON.stringify([...text.matchAll(/`(.+?)`/g)].map(([, subject]) => subject));
  const allowed = `{ publish: ${subjects(publish!)}, subscribe: ${subjects(subscribe!)} }`;
  const [user, password] = DOCUMENTED_USER.split(':');
  return `${JETSTREAM}
    authorization { users = [{ user: ${user!}, password: ${password!}, permissions: ${allowed} }] }`;
}
