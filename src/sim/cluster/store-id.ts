import type { ClusterConnection } from './connection.ts';
import { openAgents } from './presence.ts';

/**
 * By which the store of a NATS server is known: another server has another one, and so has one that comes back without its
 * store. When its first bucket was made, to the nanosecond.
 */
export async function storeId(connection: ClusterConnection): Promise<string> {
  const agents = await openAgents(connection);
  const { streamInfo } = await connection.persist(() => agents.status());
  return streamInfo.created;
}
