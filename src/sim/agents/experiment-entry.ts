/** By which agents know that an experiment goes on, and its coordinator that no other has led meanwhile. */
import type { ClusterConnection } from '../cluster/connection.ts';
import type { Program } from '../cluster/program-id.ts';
import { experimentMessage } from './messages.ts';
import type { Storage } from './storage.ts';

export class ExperimentEntry {
  readonly #connection: ClusterConnection;
  readonly #storage: Storage;
  readonly #experiment: string;
  readonly #about: Uint8Array;
  /** Of what was written last. */
  #revision: Promise<number> = Promise.resolve(0);

  constructor(
    connection: ClusterConnection,
    storage: Storage,
    experiment: string,
    about: { readonly scenario: string; readonly program: Program },
  ) {
    this.#connection = connection;
    this.#storage = storage;
    this.#experiment = experiment;
    this.#about = experimentMessage.encode(about);
  }

  /** For the first time, or again: the server keeps it for some days only. */
  async write(): Promise<void> {
    this.#revision = this.#connection.persist(() =>
      this.#storage.experiments.put(this.#experiment, this.#about),
    );
    await this.#revision;
  }

  /** Whether it is what this coordinator has written last. */
  async isUntouched(): Promise<boolean> {
    for (;;) {
      const written = this.#revision;
      const revision = await written;
      const found = await this.#storage.experiments.get(this.#experiment);
      if (written === this.#revision) return found?.operation === 'PUT' && found.revision === revision;
    }
  }
}
