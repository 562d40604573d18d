/** What makes an agent a host: it takes its part of one run at a time, and ends it when the coordinator is gone. */
import { RemoteProtocolError } from '../../core/errors.ts';
import type { ClusterConnection } from '../cluster/connection.ts';
import type { HostSession } from '../engines/cluster/host-session.ts';
import type { toHostSchema } from '../engines/cluster/messages.ts';
import { claim, claimAnswer, claimSubject, Wire, wireSubjects } from './wire.ts';

export interface HostServiceComponents {
  readonly connection: ClusterConnection;
  /** The bundled peer-worker.ts. */
  readonly workerFile: URL;
  /** Keeps the agent from all else until the function that it returns is called; undefined: it does something else now. */
  readonly takeTurn: () => (() => void) | undefined;
  /** A line for whoever looks at the agent. */
  readonly tell: (line: string) => void;
}

export interface HostServiceOptions {
  readonly agentId: string;
  /** Numeric; peers and tracker listen there. */
  readonly address: string;
}

export class HostService {
  readonly #components: HostServiceComponents;
  readonly #options: HostServiceOptions;
  readonly #stop: () => void;
  #session: HostSession | undefined;
  /** By which the coordinator knows it. */
  #sessionName: string | undefined;
  #over: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor(components: HostServiceComponents, options: HostServiceOptions) {
    this.#components = components;
    this.#options = options;
    const asked = components.connection.nats.subscribe(claimSubject(options.agentId), {
      callback: (error, message) => {
        if (error !== null) return;
        void this.#answer(message.data).then((refusal) => message.respond(claimAnswer.encode({ refusal })));
      },
    });
    this.#stop = () => asked.unsubscribe();
  }

  /** Whether it has a part of a run now. */
  get isHost(): boolean {
    return this.#session !== undefined;
  }

  /** Takes no part any more; resolves when nothing of one is left. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#stop();
    await this.#session?.dispose();
    await this.#over;
  }

  /** null: it takes part. */
  async #answer(data: Uint8Array): Promise<string | null> {
    let parts: HostParts;
    try {
      parts = await hostParts();
    } catch (error) {
      return `its program is not whole any more (${(error as Error).message})`;
    }
    try {
      const { session } = claim.decode(data, claimSubject(this.#options.agentId));
      // The answer may have been lost on its way.
      if (this.#sessionName === session) return null;
      if (this.#isClosed) return 'it is leaving';
      if (this.#session !== undefined) return 'it has a part of another run';
      const endTurn = this.#components.takeTurn();
      if (endTurn === undefined) return 'it does runs of an experiment';
      this.#begin(session, endTurn, parts);
      return null;
    } catch (error) {
      if (error instanceof RemoteProtocolError) return error.message;
      throw error;
    }
  }

  #begin(name: string, endTurn: () => void, { HostSession: Session, toHostSchema }: HostParts): void {
    const { connection, workerFile, tell } = this.#components;
    const { address } = this.#options;
    const { toHost, fromHost } = wireSubjects(name);
    const wire = new Wire(
      connection,
      { from: toHost, to: fromHost },
      {
        onMessage: (message) => {
          const read = toHostSchema.safeParse(message);
          if (read.success) return session.handle(read.data);
          // Nothing but parts of plans can be told to a host.
          tell('was told something that is no part of a run; its part ends here');
          void session.dispose();
        },
        onLost: (why) => {
          tell(`the coordinator of the run was lost (${why}); its part ends here`);
          void session.dispose();
        },
      },
    );
    wire.begin();
    let ended!: () => void;
    this.#over = new Promise((resolve) => {
      ended = resolve;
    });
    const session = new Session({
      workerFile,
      address,
      send: (message) => wire.send(message),
      onDisposed: (trouble) => {
        wire.close();
        endTurn();
        this.#session = undefined;
        tell('its part of the run is over');
        if (trouble !== undefined) tell(`something of it is left on this machine: ${trouble.message}`);
        ended();
      },
    });
    this.#session = session;
    this.#sessionName = name;
    tell('takes part in a run over several hosts');
  }
}

interface HostParts {
  readonly HostSession: typeof HostSession;
  readonly toHostSchema: typeof toHostSchema;
}

/** Most agents never are a host, and are there the sooner without what a host needs. */
async function hostParts(): Promise<HostParts> {
  const [session, messages] = await Promise.all([
    import('../engines/cluster/host-session.ts'),
    import('../engines/cluster/messages.ts'),
  ]);
  return { HostSession: session.HostSession, toHostSchema: messages.toHostSchema };
}
