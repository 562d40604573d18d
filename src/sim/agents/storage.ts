/** Where JetStream keeps the runs of experiments, their results, and what is too large for a message. */
import { AckPolicy, DiscardPolicy, RetentionPolicy, StorageType } from '@nats-io/jetstream';
import type { KV } from '@nats-io/kv';
import { nanos } from '@nats-io/nats-core';
import type { ObjectStore } from '@nats-io/obj';
import { SECOND_MS } from '../../core/units.ts';
import type { ClusterConnection } from '../cluster/connection.ts';
import { madeBucket, madeObjects, madeStream } from '../cluster/made-once.ts';
import { bucketNames, streamNames, subjects } from '../cluster/names.ts';
import type { EngineName } from '../plan/plan.ts';

const DAY_MS = 24 * 3600 * SECOND_MS;
/** What a coordinator that never came back has left is removed by then. */
const KEPT_MS = 7 * DAY_MS;
/** A publish that is repeated within this time is known. */
const DUPLICATES_MS = 3600 * SECOND_MS;

/** An agent that has not said for as long that it works on a run is taken for gone; another gets the run. */
const ACK_WAIT_MS = 4 * SECOND_MS;
/** So often it says so. */
export const WORKING_MS = SECOND_MS;

export interface Storage {
  readonly experiments: KV;
  readonly files: ObjectStore;
}

/**
 * Makes what is not there yet; whoever comes first does it. What another version has made otherwise is changed.
 *
 * @param keptMs what nobody renews is removed after this time
 */
export async function openStorage(connection: ClusterConnection, keptMs = KEPT_MS): Promise<Storage> {
  const knownMs = Math.min(DUPLICATES_MS, keptMs);
  const kept = { storage: StorageType.File, max_age: nanos(keptMs), duplicate_window: nanos(knownMs) };
  const runs = await madeStream(connection, {
    ...kept,
    name: streamNames.runs,
    subjects: [subjects.allRuns],
    // A run is in the queue once, until it is acknowledged.
    retention: RetentionPolicy.Workqueue,
    discard: DiscardPolicy.New,
    discard_new_per_subject: true,
    max_msgs_per_subject: 1,
  });
  connection.relyOn(runs);
  await madeStream(connection, { ...kept, name: streamNames.results, subjects: [subjects.allResults] });
  await madeStream(connection, { ...kept, name: streamNames.attempts, subjects: [subjects.allAttempts] });
  const experiments = await madeBucket(connection, bucketNames.experiments, keptMs);
  // A run does not outlive its plan.
  const files = await madeObjects(connection, bucketNames.files, 2 * keptMs);
  return { experiments, files };
}

/** The queue of the runs of one program on one engine, which all agents share. Returns its name. */
export async function openQueue(
  connection: ClusterConnection,
  program: string,
  engine: EngineName,
): Promise<string> {
  const name = `${program}-${engine}`;
  await connection.persist(() =>
    connection.streams.consumers.add(streamNames.runs, {
      durable_name: name,
      filter_subject: subjects.runs(program, engine),
      ack_policy: AckPolicy.Explicit,
      ack_wait: nanos(ACK_WAIT_MS),
      // Not limited here: the server would drop the run without a word, and a restart of it is no death of an agent.
      max_deliver: -1,
      max_ack_pending: 100_000,
      inactive_threshold: nanos(DAY_MS),
    }),
  );
  return name;
}
