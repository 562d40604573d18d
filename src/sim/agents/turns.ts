import type { EngineName } from '../plan/plan.ts';

/** Runs in virtual time go side by side; one in real time has the machine to itself. */
export class Turns {
  #virtual = 0;
  #isReal = false;
  #waitingReal = 0;
  #changed: () => void = () => undefined;
  #change = this.#nextChange();

  /** Resolves when a run of this engine could begin. */
  async free(engine: EngineName): Promise<void> {
    while (!this.#isFree(engine)) await this.#change;
  }

  /** Resolves, with what ends the turn, when the run may begin. */
  async take(engine: EngineName): Promise<() => void> {
    if (engine === 'threads') this.#waitingReal++;
    while (!this.#isFree(engine)) await this.#change;
    if (engine === 'threads') this.#waitingReal--;
    return this.#begin(engine);
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
