import { unlessAborted } from '../cluster/unless-aborted.ts';
import type { EngineName } from '../plan/plan.ts';

/** Runs in virtual time go side by side; one in real time has the machine to itself. */
export class Turns {
  #virtual = 0;
  #isReal = false;
  #waitingReal = 0;
  #changed: () => void = () => undefined;
  #change = this.#nextChange();

  /**
   * Whether a run of this engine is to be asked for. One in real time is while others go on: it then waits for those, and
   * no other begins before it. Were it asked for only when nothing goes on, it would never be its turn.
   */
  mayAsk(engine: EngineName): boolean {
    return engine === 'threads' ? !this.#isReal && this.#waitingReal === 0 : this.#isFree(engine);
  }

  /** Resolves when a run of this engine is to be asked for. @throws the reason of the signal */
  async free(engine: EngineName, signal: AbortSignal): Promise<void> {
    while (!this.mayAsk(engine)) await unlessAborted(this.#change, signal);
  }

  /** Resolves, with what ends the turn, when the run may begin. @throws the reason of the signal */
  async take(engine: EngineName, signal: AbortSignal): Promise<() => void> {
    if (engine === 'threads') this.#waitingReal++;
    try {
      while (!this.#isFree(engine)) await unlessAborted(this.#change, signal);
      return this.#begin(engine);
    } finally {
      if (engine === 'threads') {
        this.#waitingReal--;
        this.#tell();
      }
    }
  }

  /** For a run in real time; undefined: something else goes on, or is about to. */
  takeNow(): (() => void) | undefined {
    return this.#isFree('threads') && this.#waitingReal === 0 ? this.#begin('threads') : undefined;
  }

  #begin(engine: EngineName): () => void {
    if (engine === 'threads') this.#isReal = true;
    else this.#virtual++;
    return () => {
      if (engine === 'threads') this.#isReal = false;
      else this.#virtual--;
      this.#tell();
    };
  }

  #isFree(engine: EngineName): boolean {
    if (this.#isReal) return false;
    // Else runs in virtual time that follow each other would keep the other waiting for ever.
    return engine === 'threads' ? this.#virtual === 0 : this.#waitingReal === 0;
  }

  #tell(): void {
    const tell = this.#changed;
    this.#change = this.#nextChange();
    tell();
  }

  #nextChange(): Promise<void> {
    return new Promise((resolve) => {
      this.#changed = resolve;
    });
  }
}
