/** The peers of a group with everything drawn: links, holdings, sessions. */
import type { Random } from '../../core/interfaces.ts';
import { sample } from '../../core/random.ts';
import { peerName } from '../scenario/expressions/peer-directory.ts';
import type { Arrival, GroupLink, PeerGroup, ScenarioContent } from '../scenario/language/scenario.ts';
import { boundedMs } from '../plan/bounded-ms.ts';
import { sampleDistribution } from '../plan/distributions.ts';
import type { Draws } from './draws.ts';
import { drawSessions, tracedSession } from './expand-sessions.ts';
import type { Distribution, PlannedLink, PlannedLinkChange, PlannedPeer } from '../plan/plan.ts';

export function expandGroup(
  group: PeerGroup,
  content: ScenarioContent,
  random: Random,
  seed: string,
  draws: Draws,
): readonly PlannedPeer[] {
  const joins = drawJoins(group, random, draws);
  return joins.map((joinMs, index): PlannedPeer => {
    // Not the peer's name, which changes when a group of one grows.
    const label = `peer/${group.name}/${index + 1}`;
    const own = random.fork(label);
    const sessions =
      group.arrival.kind === 'trace' && group.leave === null
        ? tracedSession(group.arrival, index)
        : drawSessions(group, joinMs, own, draws);
    return {
      name: peerName(group.name, group.count, index + 1),
      group: group.name,
      holds: drawHolds(group, content, own.fork('holds')),
      protocol: group.protocol,
      policy: group.policy,
      link: drawLink(group.link, group.region, own, draws),
      sessions,
      mustComplete: group.mustComplete,
      seed: `${seed}/${label}`,
    };
  });
}

function drawLink(link: GroupLink, region: string | null, own: Random, draws: Draws): PlannedLink {
  return {
    upBytesPerSec: link.up === null ? null : draws.draw('up', link.up, own.fork('up')),
    downBytesPerSec: link.down === null ? null : draws.draw('down', link.down, own.fork('down')),
    latencyMs: draws.draw('latency', link.latencyMs, own.fork('latency')),
    jitterMs: link.jitterMs,
    region,
    loss: link.loss,
    window: link.window,
    changes: link.changes.map(({ atMs, overMs, up, down, latencyMs }): PlannedLinkChange => {
      // By its time, so that another change draws nothing else.
      const change = own.fork(`change/${atMs}`);
      return {
        atMs,
        overMs,
        ...(up === undefined ? {} : { upBytesPerSec: draws.draw('changedUp', up, change.fork('up')) }),
        ...(down === undefined
          ? {}
          : { downBytesPerSec: draws.draw('changedDown', down, change.fork('down')) }),
        ...(latencyMs === undefined
          ? {}
          : { latencyMs: draws.draw('changedLatency', latencyMs, change.fork('latency')) }),
      };
    }),
  };
}

/** When each peer of the group joins, in ms. */
function drawJoins({ name, count, arrival }: PeerGroup, random: Random, draws: Draws): readonly number[] {
  const numbers = Array.from({ length: count }, (_, index) => index + 1);
  switch (arrival.kind) {
    case 'spaced':
      return numbers.map((number) => boundedMs(arrival.startMs + (number - 1) * arrival.gapMs));
    case 'uniform':
      return numbers.map((number) =>
        draws.draw('join', between(arrival), random.fork(`peer/${name}/${number}/arrival`)),
      );
    case 'trace':
      return arrival.rows.slice(0, count).map((row) => row.joinMs);
    case 'poisson': {
      const gaps = random.fork(`group/${name}/arrivals`);
      const gap: Distribution = { kind: 'exponential', mean: 1000 / arrival.perSecond };
      let joinMs = arrival.startMs;
      return numbers.map(() => (joinMs = boundedMs(joinMs + sampleDistribution(gap, gaps))));
    }
  }
}

function between({ fromMs, toMs }: Extract<Arrival, { kind: 'uniform' }>): Distribution {
  return { kind: 'uniform', min: fromMs, max: toMs };
}

function drawHolds(group: PeerGroup, content: ScenarioContent, random: Random): PlannedPeer['holds'] {
  if (group.holds.kind !== 'drawn') return group.holds;
  const all = Array.from({ length: content.totalChunks }, (_, index) => index + 1);
  const indices = sample(all, group.holds.chunks, random).sort((a, b) => a - b);
  return { kind: 'chunks', indices };
}
