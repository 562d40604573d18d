/** Every error that a user or a caller may meet, with a stable `code`. docs/errors.md lists them all. */

export type ErrorCode =
  | 'CONFIG' // a scenario, option or folder says something that cannot be done
  | 'LOCAL_PROTOCOL' // our own code asked for what the protocol forbids: a defect
  | 'REMOTE_PROTOCOL' // the other side sent what the protocol forbids
  | 'STORE' // a chunk folder cannot be read or written as asked
  | 'TRANSPORT' // a socket could not be opened or bound
  | 'ENGINE' // a run could not be carried out
  | 'INTERRUPTED'; // the user stopped it

/** An error as plain data, for crossing threads: class and code survive there only as fields. */
export interface PlainError {
  readonly name: string;
  readonly code: ErrorCode | 'UNKNOWN';
  readonly message: string;
  readonly stack?: string;
}

export class SwarmError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.name = new.target.name;
  }
}

/** The user's mistake. The message names the file, the place, the key and the fix. */
export class ConfigError extends SwarmError {
  constructor(message: string, options?: ErrorOptions) {
    super('CONFIG', message, options);
  }
}

export class LocalProtocolError extends SwarmError {
  constructor(message: string, options?: ErrorOptions) {
    super('LOCAL_PROTOCOL', message, options);
  }
}

export class RemoteProtocolError extends SwarmError {
  constructor(message: string, options?: ErrorOptions) {
    super('REMOTE_PROTOCOL', message, options);
  }
}

export class StoreError extends SwarmError {
  constructor(message: string, options?: ErrorOptions) {
    super('STORE', message, options);
  }
}

export class TransportError extends SwarmError {
  constructor(message: string, options?: ErrorOptions) {
    super('TRANSPORT', message, options);
  }
}

export class EngineError extends SwarmError {
  constructor(message: string, options?: ErrorOptions) {
    super('ENGINE', message, options);
  }
}

export function toPlainError(error: unknown): PlainError {
  if (error instanceof SwarmError) {
    return { name: error.name, code: error.code, message: error.message, stack: error.stack };
  }
  if (error instanceof Error) {
    return { name: error.name, code: 'UNKNOWN', message: error.message, stack: error.stack };
  }
  return { name: 'Error', code: 'UNKNOWN', message: String(error) };
}

/** Ends an exhaustive switch: the compiler proves that it is never reached. */
export function assertNever(value: never): never {
  throw new LocalProtocolError(`unexpected ${JSON.stringify(value)}`);
}
