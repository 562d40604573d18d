/** What the star's main thread and its workers tell one another. */

/** Where a worker of the star begins: sends the file to all who connect, or fetches it. */
export type StarTask =
  | { readonly role: 'sender'; readonly file: string; readonly unitBytes: number }
  | { readonly role: 'receiver'; readonly file: string; readonly port: number };

export interface StarGo {
  readonly type: 'go';
}

export type StarReport =
  | { readonly type: 'listening'; readonly port: number }
  | { readonly type: 'ready' }
  /** The last byte was hashed and written, and the file closed. `atNs` is of the clock that all threads share. */
  | { readonly type: 'done'; readonly bytes: number; readonly hash: string; readonly atNs: bigint };
