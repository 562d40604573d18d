/** What a bucket of keys holds, now and as it changes. */
import { setTimeout as delay } from 'node:timers/promises';
import type { KV, KvEntry, KvWatchEntry, KvWatchInclude } from '@nats-io/kv';
import { SECOND_MS } from '../../core/units.ts';
import type { ClusterConnection } from './connection.ts';

/** What the library takes for a key. */
const KEY = /^[-/=.\w]+$/;

/**
 * Of each key that is there, its last entry.
 *
 * Not by `keys` or `watch` of the library: both wait until the server has nothing more to deliver, and a server counts
 * that wrong for ever where a key is written between the start of the watch and its first entry (seen with 2.9.10).
 *
 * @param bucket its name
 */
export async function entriesOf(
  connection: ClusterConnection,
  keys: KV,
  bucket: string,
): Promise<readonly KvEntry[]> {
  const prefix = `$KV.${bucket}.`;
  const { state } = await connection.persist(() =>
    connection.streams.streams.info(`KV_${bucket}`, { subjects_filter: `${prefix}>` }),
  );
  const names = Object.keys(state.subjects ?? {}).map((subject) => subject.slice(prefix.length));
  const entries = await Promise.all(
    names.filter((name) => KEY.test(name)).map((name) => connection.persist(() => keys.get(name))),
  );
  return entries.filter((entry) => entry !== null).filter(({ operation }) => operation === 'PUT');
}

/**
 * Tells of each change until the function that it resolves with is called, or the connection is closed. Where the watch
 * ends by itself, another takes its place.
 *
 * @param include what is told first, which may come more than once
 */
export async function followEntries(
  connection: ClusterConnection,
  keys: KV,
  include: KvWatchInclude,
  onEntry: (entry: KvWatchEntry) => void,
): Promise<() => void> {
  const watch = () => connection.persist(() => keys.watch({ include }));
  let entries = await watch();
  let isStopped = false;
  const isOver = (): boolean => isStopped || connection.nats.isClosed();
  const follow = async (): Promise<void> => {
    for (;;) {
      for await (const entry of entries) onEntry(entry);
      if (isOver()) return;
      await delay(SECOND_MS, undefined, { ref: false });
      // What the connection is broken by is told elsewhere.
      const next = await watch().catch(() => undefined);
      if (next === undefined) return;
      entries = next;
      if (isOver()) entries.stop();
    }
  };
  void follow();
  return () => {
    isStopped = true;
    entries.stop();
  };
}
