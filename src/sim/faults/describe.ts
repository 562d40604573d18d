/** What an occurrence of a fault did, in words and figures. */
import { assertNever } from '../../core/errors.ts';
import { formatBytes } from '../units/format.ts';
import type { FaultEffect } from '../plan/plan.ts';
import type { HitCounts } from './hits.ts';

export interface DescribedHits {
  /** How often the fault had an effect; 0: it hit nothing. */
  readonly hits: number;
  readonly effect: string;
}

export function describeHits(effect: FaultEffect, counts: HitCounts): DescribedHits {
  const told = tell(effect, counts).filter(({ count }) => count > 0);
  return {
    hits: told.reduce((sum, { count }) => sum + count, 0),
    effect: told.length === 0 ? 'hit nothing' : told.map(({ text }) => text).join(', '),
  };
}

interface Told {
  readonly count: number;
  readonly text: string;
}

function tell(effect: FaultEffect, counts: HitCounts): readonly Told[] {
  const { connectionsCut, messagesHeld, connectsHeld, requestsRefused } = counts;
  switch (effect.kind) {
    case 'crash':
      return [told(counts.peersKilled, 'peer', 'killed')];
    case 'reset':
      return [told(connectionsCut, 'connection', 'reset')];
    case 'tracker-down':
      return [told(connectionsCut, 'connection', 'of the tracker cut')];
    case 'pause':
      return [told(messagesHeld, 'message', 'left unread'), told(counts.timersHeld, 'timer', 'held up')];
    case 'partition':
      return [
        told(messagesHeld, 'message', 'held back'),
        told(connectsHeld, 'attempt', 'to connect held back'),
      ];
    case 'slow-down':
      return [bytes(counts.bytesSlowed, effect.factor > 1 ? 'sped up' : 'slowed')];
    case 'latency-spike':
      return [told(counts.messagesDelayed, 'message', 'delayed')];
    case 'black-hole':
      return [
        told(counts.messagesSwallowed, 'message', `(${formatBytes(counts.bytesSwallowed)}) swallowed`),
        told(connectsHeld, 'attempt', 'to connect unanswered'),
        told(connectionsCut, 'connection', 'reset at its end'),
      ];
    case 'corrupt':
      return [told(counts.chunksCorrupted, 'chunk', 'sent corrupted')];
    case 'lie':
      return [
        told(counts.chunksShown, 'chunk', 'shown that were not held'),
        told(requestsRefused, 'request', 'for such refused'),
      ];
    case 'free-ride':
      return [
        told(counts.unchokesWithheld, 'unchoke', 'withheld'),
        told(requestsRefused, 'request', 'refused'),
      ];
    case 'disk-full':
      return [told(counts.writesFailed, 'write', 'failed')];
    case 'slow-disk':
      return [bytes(counts.bytesWrittenSlowly, `written slowly, in ${Math.round(counts.waitedMs)} ms`)];
    default:
      return assertNever(effect);
  }
}

function told(count: number, what: string, happened: string): Told {
  return { count, text: `${count} ${what}${count === 1 ? '' : 's'} ${happened}` };
}

/** However many bytes: one effect. */
function bytes(count: number, happened: string): Told {
  return { count, text: `${formatBytes(count)} ${happened}` };
}
