/** How messages of one run travel between its coordinator and a host over NATS: numbered, in pieces, with beats. */
import type { Subscription } from '@nats-io/nats-core';
import { z } from 'zod';
import { RemoteProtocolError } from '../../core/errors.ts';
import { SECOND_MS } from '../../core/units.ts';
import type { ClusterConnection } from '../cluster/connection.ts';
import { messageType } from '../cluster/message.ts';

/** A server takes 1 MiB at most unless told otherwise; a character may take three bytes. */
const PIECE_CHARACTERS = 256 * 1024;
const BEAT_MS = SECOND_MS;
/** Who is silent for longer is lost. */
const SILENT_BEATS_MAX = 8;

const piece = messageType('run', {
  /** From 0; a gap tells that something was lost, which NATS itself does not. */
  number: z.int().min(0),
  /** Of the message, that is in this piece; null: nothing but a sign of life. */
  text: z.string().nullable(),
  /** Whether more of the message follows. */
  more: z.boolean(),
});

export interface WireListener {
  /** A whole message: JSON that somebody else has made. */
  onMessage(message: unknown): void;
  /** Called at most once, and nothing after it. `why`: a clause. */
  onLost(why: string): void;
}

/** One end of the way between a coordinator and a host. */
export class Wire {
  readonly #connection: ClusterConnection;
  readonly #toSubject: string;
  readonly #listener: WireListener;
  readonly #incoming: Subscription;
  readonly #beating: NodeJS.Timeout;
  readonly #onBroken: () => void;
  #isBegun = false;
  /** Since something was heard. Beats of our own, so that who was stopped for a while first hears what has come meanwhile. */
  #silentBeats = 0;
  #nextSent = 0;
  #nextHeard = 0;
  #parts: string[] = [];
  #over = false;

  /** Hears from now on. */
  constructor(
    connection: ClusterConnection,
    subjects: { readonly from: string; readonly to: string },
    listener: WireListener,
  ) {
    this.#connection = connection;
    this.#toSubject = subjects.to;
    this.#listener = listener;
    this.#incoming = connection.nats.subscribe(subjects.from, {
      callback: (error, { data }) => {
        if (error !== null) this.#lose(error.message);
        else this.#hear(data, subjects.from);
      },
    });
    this.#beating = setInterval(() => this.#beat(), BEAT_MS);
    this.#onBroken = () => this.#lose((connection.broken.reason as Error).message);
    connection.broken.addEventListener('abort', this.#onBroken);
  }

  /** The other end listens: now something may be sent, and there are signs of life. */
  begin(): void {
    this.#isBegun = true;
  }

  send(message: unknown): void {
    if (this.#over) return;
    const text = JSON.stringify(message);
    for (let at = 0; at < text.length; at += PIECE_CHARACTERS) {
      this.#publish(text.slice(at, at + PIECE_CHARACTERS), at + PIECE_CHARACTERS < text.length);
    }
  }

  /** Nothing is heard or sent any more. Idempotent. */
  close(): void {
    if (this.#over) return;
    this.#over = true;
    clearInterval(this.#beating);
    this.#connection.broken.removeEventListener('abort', this.#onBroken);
    this.#incoming.unsubscribe();
  }

  #publish(text: string | null, more: boolean): void {
    if (this.#over || this.#connection.nats.isClosed()) return;
    this.#connection.nats.publish(this.#toSubject, piece.encode({ number: this.#nextSent++, text, more }));
  }

  #hear(data: Uint8Array, subject: string): void {
    if (this.#over) return;
    try {
      const { number, text, more } = piece.decode(data, subject);
      if (number < this.#nextHeard) return this.#lose(`message ${number} has arrived twice`);
      if (number > this.#nextHeard) {
        return this.#lose(`messages ${this.#nextHeard} to ${number - 1} have not arrived`);
      }
      this.#nextHeard++;
      this.#silentBeats = 0;
      if (text === null) return;
      this.#parts.push(text);
      if (more) return;
      const whole = this.#parts.join('');
      this.#parts = [];
      this.#listener.onMessage(JSON.parse(whole));
    } catch (error) {
      if (!(error instanceof RemoteProtocolError || error instanceof SyntaxError)) throw error;
      this.#lose(error.message);
    }
  }

  #beat(): void {
    if (this.#isBegun) this.#publish(null, false);
    if (++this.#silentBeats <= SILENT_BEATS_MAX) return;
    this.#lose(`it was not heard of for ${(SILENT_BEATS_MAX * BEAT_MS) / SECOND_MS} s`);
  }

  #lose(why: string): void {
    if (this.#over) return;
    this.close();
    this.#listener.onLost(why);
  }
}

/** Subjects of hosts. */
const PREFIX = 'swarm-lab.host';

/** Where an agent is asked for a part of a run. */
export function claimSubject(agentId: string): string {
  return `${PREFIX}.claim.${agentId}`;
}

/** Of one part of one run. */
export function wireSubjects(session: string): { readonly toHost: string; readonly fromHost: string } {
  return { toHost: `${PREFIX}.to.${session}`, fromHost: `${PREFIX}.from.${session}` };
}

export const claim = messageType('claim', {
  /** Of this part of this run alone. */
  session: z.string().regex(/^[\w-]{1,64}$/),
});

export const claimAnswer = messageType('claim-answer', {
  /** Why it takes no part: a clause; null: it does. */
  refusal: z.string().nullable(),
});
