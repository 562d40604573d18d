/** The stays of a peer in the swarm, with every length and every absence drawn. */
import type { Random } from '../../core/interfaces.ts';
import type { Arrival, ComeBack, Leave, PeerGroup } from '../scenario/language/scenario.ts';
import { boundedMs } from '../plan/bounded-ms.ts';
import type { Draws } from './draws.ts';
import type { PlannedLeave, PlannedPeer, ReturnSession, TimedSession } from '../plan/plan.ts';

/** As row `index` of the trace has it. */
export function tracedSession(
  { rows, how }: Extract<Arrival, { kind: 'trace' }>,
  index: number,
): PlannedPeer['sessions'] {
  const { joinMs, leaveMs } = rows[index]!;
  if (leaveMs === null) return [{ joinMs, leave: null }];
  return [{ joinMs, leave: { how, from: 'start', afterMs: leaveMs, keepChunks: true } }];
}

/** One that leaves at its completion comes back a drawn time after that; of all others each time is known. */
export function drawSessions(
  { leave, comeBack }: PeerGroup,
  joinMs: number,
  own: Random,
  draws: Draws,
): PlannedPeer['sessions'] {
  if (leave === null) return [{ joinMs, leave: null }];
  const stays = drawStays(leave, comeBack, own, draws);
  const end = { how: leave.how, keepChunks: comeBack?.keepChunks ?? true };
  return leave.from === 'completion'
    ? seedingSessions(joinMs, stays, end)
    : timedSessions(joinMs, stays, end, leave.from);
}

/** One that has an end. */
interface DrawnStay {
  readonly afterMs: number;
  /** How long the peer is away then; null: for good. */
  readonly awayMs: number | null;
}

type End = Pick<PlannedLeave, 'how' | 'keepChunks'>;

/** At least one. */
function drawStays(leave: Leave, comeBack: ComeBack | null, own: Random, draws: Draws): readonly DrawnStay[] {
  return Array.from({ length: comeBack?.times ?? 1 }, (_, at): DrawnStay => {
    const suffix = at === 0 ? '' : `/${at + 1}`;
    const afterMs = draws.draw('leave', leave.afterMs, own.fork(`leave${suffix}`));
    if (comeBack === null) return { afterMs, awayMs: null };
    return { afterMs, awayMs: draws.draw('away', comeBack.afterMs, own.fork(`return${suffix}`)) };
  });
}

function seedingSessions(
  joinMs: number,
  stays: readonly DrawnStay[],
  { how, keepChunks }: End,
): PlannedPeer['sessions'] {
  const leaves = stays.map(({ afterMs }): PlannedLeave => ({ how, from: 'completion', afterMs, keepChunks }));
  const returns = stays.flatMap(({ awayMs }, at): readonly ReturnSession[] =>
    awayMs === null ? [] : [{ awayMs, leave: leaves[at + 1] ?? null }],
  );
  return [{ joinMs, leave: leaves[0] ?? null }, ...returns];
}

function timedSessions(
  firstJoinMs: number,
  stays: readonly DrawnStay[],
  { how, keepChunks }: End,
  from: 'join' | 'start',
): PlannedPeer['sessions'] {
  let joinMs = firstJoinMs;
  const ended = stays.map(({ afterMs, awayMs }): TimedSession => {
    const leaveMs = from === 'join' ? boundedMs(joinMs + afterMs) : Math.max(joinMs, afterMs);
    const session: TimedSession = { joinMs, leave: { how, from: 'start', afterMs: leaveMs, keepChunks } };
    joinMs = boundedMs(leaveMs + (awayMs ?? 0));
    return session;
  });
  const [first, ...others] = ended;
  const last: readonly TimedSession[] = stays.at(-1)?.awayMs === null ? [] : [{ joinMs, leave: null }];
  return [first!, ...others, ...last];
}
