/** What a user can do against what the host did to a run, and nothing that the run does already. */
import type { HostRecord } from '../../engines/engine.ts';
import { sharedThreads } from '../../engines/real-time/processor-share.ts';
import type { Plan } from '../../plan/plan.ts';
import { SLICE_MS_ASKED_MAX } from '../../plan/plan-schema.ts';
import { exactDuration } from '../../units/exact-format.ts';

/** Where the run itself was as it should be. */
export const REMEDY_OF_OTHERS =
  'run it again when the machine is quiet and stays as it is, or use --engine virtual';

/**
 * What leaves a run in real time more of the processors than it had, as a part of a sentence.
 *
 * @param cores that this process may use; of several hosts each has its own
 */
export function remedyOfRun(plan: Plan, host: HostRecord, cores: number): string {
  const { sliceMs, hosts = [] } = host;
  const peersAThread = sharingThatHelps(plan, host, cores);
  const ways = [
    'let fewer peers run',
    ...(peersAThread === undefined ? [] : [`set engine.peers_per_worker to ${peersAThread}`]),
    ...(sliceMs !== undefined && sliceMs < SLICE_MS_ASKED_MAX
      ? [`raise engine.slice (to ${exactDuration(SLICE_MS_ASKED_MAX)} at most)`]
      : []),
    sliceMs === undefined ? 'limit the rates of the links' : 'lower the rates',
    'use --engine virtual',
  ];
  const machines = hosts.length > 0 ? 'more, quieter or larger hosts' : 'a quieter or larger machine';
  return `${ways.join(', ')}, or take ${machines}`;
}

/** How many peers a thread has with one a core; undefined: there are no more than that, or it is not known. */
function sharingThatHelps(
  { peers }: Plan,
  { threadDelaysP99Ms = [], hosts = [] }: HostRecord,
  cores: number,
): number | undefined {
  const machines = hosts.length > 0 ? hosts : [{ peers: peers.length, cores }];
  let enough = 0;
  let most = 1;
  for (const machine of machines) {
    if (machine.cores === undefined) return undefined;
    const threads = sharedThreads(machine.cores);
    enough += threads;
    most = Math.max(most, Math.ceil(machine.peers / threads));
  }
  // Each process has one for a tracker.
  return threadDelaysP99Ms.length - machines.length > enough ? most : undefined;
}
