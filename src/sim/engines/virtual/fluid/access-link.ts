import type { Direction } from '../../../network/link-control.ts';
import type { LinkState } from '../../../network/link-state.ts';
import { uplinkQueueBytes } from '../../../network/link-sizes.ts';
import { INITIAL_WINDOW_BYTES } from '../../../network/send-window.ts';
import { fluidBlockBytes } from './block-bytes.ts';
import type { FluidPacer } from './fluid-pacer.ts';
import { PacedLink } from './fluid-pacer.ts';
import { SmallTraffic } from './small-traffic.ts';

/** A direction of an access link that has a rate. */
export class PacedSide {
  readonly link: PacedLink;
  readonly small: SmallTraffic;
  /** What has counted so far, of transfers and of messages that are too small for one. */
  transferBytes = 0;
  smallBytes = 0;
  readonly #onServed: (bytes: number) => void;

  constructor(link: PacedLink, onServed: (bytes: number) => void) {
    this.link = link;
    this.small = new SmallTraffic(link);
    this.#onServed = onServed;
  }

  /** So many bytes are through, by a transfer of their own or not. */
  count(bytes: number, isTransfer: boolean): void {
    if (isTransfer) this.transferBytes += bytes;
    else this.smallBytes += bytes;
    this.#onServed(bytes);
  }
}

/** A host's access link: what its connections share. */
export class AccessLink {
  readonly state: LinkState;
  readonly pacer: FluidPacer;
  readonly up: PacedSide | undefined;
  readonly down: PacedSide | undefined;
  /** Its host is dead: what still comes passes over no link. */
  isCut = false;
  /** The link by which its host has come back. */
  successor: AccessLink | undefined;

  constructor(state: LinkState, pacer: FluidPacer) {
    this.state = state;
    this.pacer = pacer;
    this.up = sideOf(state.up);
    this.down = sideOf(state.down);
  }

  /** Whether something keeps this host, as it is now, from hearing of the other, or the other of it. */
  isShut(host: string, direction: Direction): boolean {
    return this.successor?.isShut(host, direction) ?? this.state.isShut(host, direction);
  }

  /** What holds of a connection before it is known who is at the other end. */
  early(host: string): { readonly blockBytes: number; readonly bytesMax: number } {
    const planned = this.state.windowTo(host);
    const window = planned?.slowStart ? Math.min(planned.bytes, INITIAL_WINDOW_BYTES) : planned?.bytes;
    const bytesPerSec = this.up?.link.rate.bytesPerSecAt(this.state.clock.now()) ?? null;
    return {
      blockBytes: fluidBlockBytes(bytesPerSec, null, window),
      bytesMax: uplinkQueueBytes(bytesPerSec, window),
    };
  }

  /** A rate, or its factor, is another. */
  ratesChanged(): void {
    for (const side of [this.up, this.down]) if (side) this.pacer.rateChanged(side.link);
  }
}

function sideOf(paced: LinkState['up']): PacedSide | undefined {
  return paced && new PacedSide(new PacedLink(paced.rate), (bytes) => paced.onRelease(bytes, 0));
}
