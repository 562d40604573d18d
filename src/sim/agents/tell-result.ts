/** What an agent tells of a run that it has done. */
import type { JsMsg } from '@nats-io/jetstream';
import type { ClusterConnection } from '../cluster/connection.ts';
import { partsOf, streamNames, subjects } from '../cluster/names.ts';
import type { AgentRecord } from '../cluster/presence.ts';
import { resultMessage, runMessage, type Outcome } from './messages.ts';
import { dropPayload, putPayload } from './payload.ts';
import type { Storage } from './storage.ts';

/** What has come of a run. */
export type Done =
  { readonly kind: 'packed'; readonly packed: Uint8Array } | Extract<Outcome, { kind: 'failed' }>;

export interface Teller {
  readonly connection: ClusterConnection;
  readonly storage: Storage;
  readonly agent: Pick<AgentRecord, 'name'>;
}

/** Acknowledges the run only when its result is stored. Whoever was faster with the same run has told its result. */
export async function tellResult(message: JsMsg, done: Done, teller: Teller): Promise<void> {
  const { connection, storage, agent } = teller;
  const { experiment, run } = partsOf(message.subject);
  const subject = subjects.results(experiment, run);
  const { outcome, attached } = await outcomeOf(done, experiment, teller);
  const own = resultMessage.encode({ agentName: agent.name, outcome }, attached);
  const jetstream = connection.streams.jetstream();
  const { duplicate } = await connection.persist(() =>
    jetstream.publish(subject, own, { msgID: idOf(message) }),
  );
  if (duplicate && outcome.kind === 'report') {
    // The first answer to a publish may have been lost on its way: then the duplicate is this one itself.
    const stored = await connection.persist(() =>
      connection.streams.streams.getMessage(streamNames.results, { last_by_subj: subject }),
    );
    if (stored === null || !Buffer.from(stored.data).equals(own)) {
      await dropPayload(connection, storage, outcome.report);
    }
  }
  // One that is lost with the server costs another run of the same, whose result is known already.
  message.ack();
}

async function outcomeOf(
  done: Done,
  experiment: string,
  { connection, storage }: Teller,
): Promise<{ readonly outcome: Outcome; readonly attached: Uint8Array | undefined }> {
  if (done.kind === 'failed') return { outcome: done, attached: undefined };
  const { payload, attached } = await putPayload(connection, storage, experiment, done.packed);
  return { outcome: { kind: 'report', report: payload }, attached };
}

/** A message that is none has a result all the same: what is wrong with it. */
function idOf(message: JsMsg): string {
  try {
    return runMessage.decode(message.data, message.subject).id;
  } catch {
    return `${message.subject}.${message.seq}`;
  }
}
