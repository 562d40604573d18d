import type { Random } from '../../core/interfaces.ts';
import type { Message } from '../../core/protocol/messages.ts';
import type { PlannedLoss } from '../plan/plan.ts';

/**
 * Loss as an application sees it on one direction of one connection: TCP sends a lost segment again after a time-out,
 * and nothing behind it is delivered before. Each segment is lost with the probability, independently; each loss
 * stalls the direction for the time-out. What is sent again is not lost a second time.
 *
 * Parts of chunks fill segments one after the other, as a stream does; any other message begins a segment of its own.
 */
export class SegmentLoss {
  readonly #random: Random;
  readonly #loss: PlannedLoss;
  readonly #onSegments: (segments: number, lost: number) => void;
  /** Bytes of chunks that still fit into the last segment. */
  #room = 0;

  constructor(
    components: { readonly random: Random },
    loss: PlannedLoss,
    onSegments: (segments: number, lost: number) => void,
  ) {
    this.#random = components.random;
    this.#loss = loss;
    this.#onSegments = onSegments;
  }

  /** For how long the losses of this message hold back the message, and all behind it, in ms. */
  stallMs(message: Message, bytes: number): number {
    const segments = this.#segments(message, bytes);
    let lost = 0;
    for (let i = 0; i < segments; i++) if (this.#random.next() < this.#loss.probability) lost++;
    this.#onSegments(segments, lost);
    return lost * this.#loss.timeoutMs;
  }

  #segments(message: Message, bytes: number): number {
    const { segmentBytes } = this.#loss;
    const isBulk = message.type === 'chunk' || message.type === 'raw';
    const beyond = isBulk ? bytes - this.#room : bytes;
    const segments = Math.max(0, Math.ceil(beyond / segmentBytes));
    this.#room = isBulk ? segments * segmentBytes - beyond : 0;
    return segments;
  }
}
