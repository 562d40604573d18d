/** That one coordinator at a time writes into an experiment's folder, whichever NATS servers they are on. */
import { hostname } from 'node:os';
import { join } from 'node:path';
import { ConfigError } from '../../core/errors.ts';
import { FolderLock, type LockKind } from '../../core/node/store/folder-lock.ts';

const NAME = '.coordinator.lock';

/**
 * Who leads an experiment is known to its server (`Lead`), so coordinators on another one are kept away by a file in the
 * folder. It yields to those on the same server, of which the server has chosen one, and where the process is dead.
 */
export class CoordinatorLock {
  readonly #folder: string;
  readonly #kind: LockKind;
  #lock: FolderLock | undefined;

  /** @param store of the server, see `storeId` */
  constructor(folder: string, store: string) {
    this.#folder = folder;
    this.#kind = { name: NAME, host: hostname(), judge: store, refusal };
  }

  /**
   * To be asked before the server is told of the experiment.
   *
   * @throws {ConfigError} a coordinator on another server goes on with it; names its process and host
   */
  requireFree(): void {
    FolderLock.requireFree(this.#folder, this.#kind);
  }

  /**
   * To be called by who leads the experiment on its server.
   *
   * @throws {ConfigError} as `requireFree`
   * @throws {StoreError} nothing can be written into the folder
   */
  take(): void {
    this.#lock = FolderLock.take(this.#folder, this.#kind);
  }

  /** Idempotent. */
  release(): void {
    this.#lock?.release();
  }
}

function refusal(folder: string, holder: string): ConfigError {
  return new ConfigError(
    `--resume: another coordinator (${holder}) goes on with this experiment, on another NATS server; stop it first, or let ` +
      `it end. If that process is gone for certain, with its machine: remove ${join(folder, NAME)}`,
  );
}
