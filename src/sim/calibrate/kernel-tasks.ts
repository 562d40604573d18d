/** What a program in a namespace is asked, as JSON in its argument, and what it answers, as lines of JSON. */
export interface KernelTask {
  readonly role: 'send' | 'receive';
  /** Of the receiver. */
  readonly host: string;
  readonly port: number;
  /** Of our shaper; null: it does nothing. */
  readonly upBytesPerSec: number | null;
  /** Decides the size of slices. */
  readonly bytesPerSec: number;
  readonly measureMs: number;
}

export type KernelReport =
  | { readonly type: 'listening'; readonly port: number }
  | {
      readonly type: 'measured';
      readonly bytesPerSec: number;
      readonly mostInWindow: number;
      /** How late timers came in that program. */
      readonly lateMs: number;
    }
  /** Of the sender. */
  | { readonly type: 'sent'; readonly lateMs: number };
