/** What each occurrence of a fault did: what the engine counted, and what the swarm then told of it. */
import type { Address } from '../../core/interfaces.ts';
import type { SwarmEvent } from '../../core/events.ts';
import type { FaultRecord } from '../engines/engine.ts';
import { formatBytes, formatDuration } from '../units/format.ts';
import type { Evidence } from './observations.ts';
import type { InjectedFigures } from '../result/result.ts';

/** Targets that are named; the others are counted. */
const NAMED_TARGETS_MAX = 3;

/** In the order of the plan. */
export function faultFigures(evidence: Evidence): InjectedFigures[] {
  return evidence.record.faults.map((fault) => ({
    kind: 'fault',
    name: fault.occurrence === 1 ? fault.name : `${fault.name} (${fault.occurrence})`,
    target: targetText(evidence, fault),
    plannedMs: fault.plannedMs,
    happenedMs: fault.beganMs,
    effect: effectText(evidence, fault),
    hit: fault.hits > 0,
  }));
}

/** Of each peer that a fault has killed for a while. */
export function returnsAfterFaults({ plan, notable, stays }: Evidence): InjectedFigures[] {
  const total = plan.content.totalChunks;
  return notable.flatMap((event): InjectedFigures[] => {
    if (event.type !== 'peer-crashed' || event.fault === undefined) return [];
    const effect = plan.faults.find(({ name }) => name === event.fault)?.effect;
    if (effect?.kind !== 'crash' || effect.returnAfterMs === null) return [];
    const back = stays.get(event.peer)?.find(({ joinMs }) => joinMs >= event.atMs);
    return [
      {
        kind: 'return',
        target: event.peer,
        plannedMs: event.atMs + effect.returnAfterMs,
        happenedMs: back?.joinMs ?? null,
        effect:
          back === undefined
            ? `did not happen: the run was over before; killed by ${event.fault}`
            : `came back with ${back.heldChunks} of ${total} chunks; killed by ${event.fault}`,
        hit: back !== undefined,
      },
    ];
  });
}

/** The sides of a partition one by one, of others all targets. One way, only the first is parted from the others. */
function targetText({ plan }: Evidence, { name, targets }: FaultRecord): string {
  const effect = plan.faults.find((fault) => fault.name === name)?.effect;
  if (effect?.kind !== 'partition') return named(targets);
  const [first = '', ...others] = effect.sides.map(named);
  return effect.oneWay ? `${first} → ${others.join(' | ')}` : [first, ...others].join(' | ');
}

function named(peers: readonly string[]): string {
  const more = peers.length - NAMED_TARGETS_MAX;
  const first = peers.slice(0, NAMED_TARGETS_MAX).join(', ');
  return more > 0 ? `${first} and ${more} more` : first;
}

function effectText(evidence: Evidence, fault: FaultRecord): string {
  const { kind, name, beganMs, endedMs, effect } = fault;
  // Its name may say it already: one without a name of its own is called by its kind and a number.
  const what = name.startsWith(kind) ? [] : [kind];
  if (beganMs === null) return [...what, effect].join('; ');
  const lasted =
    endedMs === null
      ? ['to the end of the run']
      : endedMs - beganMs > 0 && kind !== 'crash' && kind !== 'reset'
        ? [`for ${formatDuration(endedMs - beganMs)}`]
        : [];
  return [...what, ...lasted, effect, ...consequences(evidence, fault)].join('; ');
}

/** What others noticed of the targets from the beginning on. */
function consequences({ notable, book }: Evidence, { kind, targets, beganMs }: FaultRecord): string[] {
  const isTarget = new Set(targets);
  const concerns = (address: Address, atMs: number): boolean => isTarget.has(book.nameOf(address, atMs));
  const since = notable.filter(({ atMs }) => atMs >= beganMs!);
  if (kind === 'tracker-down') {
    const lost = distinct(since, (event) => event.type === 'tracker-lost');
    return lost > 0 ? [`${count(lost, 'peer')} lost the tracker`] : [];
  }
  if (kind === 'crash' || kind === 'reset' || kind === 'black-hole') {
    const cut = distinct(
      since,
      (event) => event.type === 'connection-failed' && concerns(event.address, event.atMs),
    );
    return cut > 0 ? [`${count(cut, 'peer')} lost the connection`] : [];
  }
  return kind === 'corrupt' ? rejections(since, concerns) : [];
}

function rejections(
  since: readonly SwarmEvent[],
  concerns: (address: Address, atMs: number) => boolean,
): string[] {
  let chunks = 0;
  let bytes = 0;
  let bans = 0;
  for (const event of since) {
    if (event.type === 'peer-banned' && concerns(event.address, event.atMs)) bans++;
    if (event.type !== 'chunk-discarded' || event.reason !== 'corrupt') continue;
    if (!concerns(event.from, event.atMs)) continue;
    chunks++;
    bytes += event.bytes;
  }
  return [
    ...(chunks > 0 ? [`${count(chunks, 'chunk')} (${formatBytes(bytes)}) rejected`] : []),
    ...(bans > 0 ? [`banned by ${count(bans, 'peer')}`] : []),
  ];
}

/** How many peers tell of it. */
function distinct(events: readonly SwarmEvent[], is: (event: SwarmEvent) => boolean): number {
  return new Set(events.filter(is).map(({ peer }) => peer)).size;
}

function count(amount: number, what: string): string {
  return `${amount} ${what}${amount === 1 ? '' : 's'}`;
}
