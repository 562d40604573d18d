import { EngineError } from '../../../core/errors.ts';
import type { Clock } from '../../../core/interfaces.ts';
import { fromPlainError } from '../run/plain-errors.ts';
import { clockOffsetOf, type ClockOffset, type ClockReading } from './clock-offset.ts';
import type { HostInfo, HostLink } from './host-link.ts';
import type { FromHost, FromHostOf, HostUse, ToHost } from './messages.ts';

/** A host that takes longer than it was given to end is not waited for. */
export const GRACE_MS = 5000;

/** One after the other; a few are always slow. */
const PINGS = 20;

export interface RemoteHostListener {
  /** Hears what nobody waits for. */
  onMessage(host: RemoteHost, message: FromHost): void;
  onLost(host: RemoteHost, why: string): void;
}

/** The coordinator's hold on one host: its answers can be waited for. */
export class RemoteHost {
  readonly info: HostInfo;
  /** As it was told last. */
  use: HostUse | undefined;
  lost = false;
  readonly #link: HostLink;
  readonly #clock: Clock;
  readonly #listener: RemoteHostListener;
  readonly #waiting = new Map<
    string,
    { readonly resolve: (message: FromHost) => void; readonly reject: (error: Error) => void }
  >();

  /** Set: it takes no part, and was not lost. */
  #busy: EngineError | undefined;

  constructor(link: HostLink, clock: Clock, listener: RemoteHostListener) {
    this.info = link.info;
    this.#link = link;
    this.#clock = clock;
    this.#listener = listener;
    link.listen({
      onMessage: (message) => this.#hear(message),
      onBusy: (why) => this.#refuse(why),
      onLost: (why) => this.#lose(why),
    });
  }

  send(message: ToHost): void {
    if (!this.lost) this.#link.send(message);
  }

  /** @throws what went wrong on the host, or that it is lost */
  ask<Type extends FromHost['type']>(message: ToHost, answer: Type, about = ''): Promise<FromHostOf<Type>> {
    return new Promise((resolve, reject) => {
      if (this.lost) return reject(this.#busy ?? this.#lostError('it was lost before'));
      this.#waiting.set(`${answer}${about}`, {
        resolve: (found) => resolve(found as FromHostOf<Type>),
        reject,
      });
      this.#link.send(message);
    });
  }

  /** How its clock stands to ours. */
  async compareClocks(): Promise<ClockOffset> {
    const readings: ClockReading[] = [];
    for (let id = 0; id < PINGS; id++) {
      const sentMs = this.#clock.now();
      const { hostNs } = await this.ask({ type: 'ping', id }, 'pong', String(id));
      readings.push({ sentMs, receivedMs: this.#clock.now(), hostNs: BigInt(hostNs) });
    }
    return clockOffsetOf(readings);
  }

  close(): void {
    this.#link.close();
  }

  #hear(message: FromHost): void {
    if (message.type === 'failed') {
      const error = { ...message.error, message: `host ${this.info.name}: ${message.error.message}` };
      const waiting = [...this.#waiting.values()];
      this.#waiting.clear();
      for (const { reject } of waiting) reject(fromPlainError(error));
      return this.#listener.onMessage(this, { type: 'failed', error });
    }
    const key = keyOf(message);
    const waiting = this.#waiting.get(key);
    if (waiting === undefined) {
      if (message.type === 'disposed') this.#lose('it has left');
      else this.#listener.onMessage(this, message);
      return;
    }
    this.#waiting.delete(key);
    waiting.resolve(message);
  }

  #lose(why: string): void {
    if (this.lost) return;
    this.#give(this.#lostError(why));
    this.#listener.onLost(this, why);
  }

  /** Whoever asks it for something hears so; no run has begun that could hear of it. */
  #refuse(why: string): void {
    this.#busy = new EngineError(
      `host ${this.info.name} is busy: ${why}; wait until that is over, or end this agent and let the run go on the others`,
    );
    this.#give(this.#busy);
  }

  /** There is nothing to be had of it any more. */
  #give(error: EngineError): void {
    this.lost = true;
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { reject } of waiting) reject(error);
  }

  #lostError(why: string): EngineError {
    return new EngineError(`host ${this.info.name} was lost: ${why}`);
  }
}

function keyOf(message: FromHost): string {
  if (message.type === 'pong') return `pong${message.id}`;
  if (message.type === 'ready' || message.type === 'dead') return `${message.type}${message.position}`;
  return message.type === 'closed' ? `closed${message.who}` : message.type;
}

/** Resolves when all that are not lost have answered, or failed (which is told by itself), or after that time. */
export async function askAll(
  hosts: readonly RemoteHost[],
  limitMs: number,
  ask: (host: RemoteHost) => Promise<unknown>,
): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, limitMs);
  });
  const present = hosts.filter(({ lost }) => !lost);
  await Promise.race([Promise.allSettled(present.map((host) => ask(host))), limit]);
  clearTimeout(timer);
}
