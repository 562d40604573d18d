/** `npm run client`: a peer of its own, by the classic command line. */
import { StoreError } from '../core/errors.ts';
import type { EventSink } from '../core/interfaces.ts';
import type { SwarmEvent } from '../core/events.ts';
import { ClientNode, type ClientNodeOptions } from '../core/node/programs/client-node.ts';
import { readClientOptions, type ClientSettings } from './client/client-options.ts';
import { misleadsOthers } from './client/reachable.ts';
import { newClientProgress } from './client/client-progress.ts';
import { nodeFailure } from './program/node-failure.ts';
import { tells } from './arguments/verbosity.ts';
import { exitCodes } from './program/exit-codes.ts';
import { interruptSignal, runProgram } from './program/run-program.ts';
import { print, say } from './output/program-output.ts';

/** A remote that does not close its side must not keep the program. */
const LEAVE_LIMIT_MS = 3000;

await runProgram('client', () => runClient(readClientOptions(process.argv.slice(2), process.env)));

/** Resolves with the exit code once the client has left the swarm. */
async function runClient(settings: ClientSettings): Promise<number> {
  const listeners: ((event: SwarmEvent) => void)[] = [];
  const events: EventSink = {
    emit: (event) => listeners.forEach((listener) => listener(event)),
  };
  const node = await ClientNode.open(nodeOptions(settings), events);
  if (misleadsOthers(settings)) {
    say(
      `client: others will look for this client at ${settings.host}, which means their own machine; give -host an address at which they reach this one`,
    );
  }
  if (node.keepsList && tells(settings.verbosity, 'normal')) {
    print(
      `${settings.name}: ${settings.folder} is an original folder: the client adds chunks but does not change local_chunks.txt, so the next start begins from scratch`,
    );
  }
  const progress = newClientProgress({
    name: settings.name,
    verbosity: settings.verbosity,
    receivedBytes: () => node.receivedBytes,
    given: () => node.given,
    leaveAfterMs: settings.leaveAfterMs,
  });
  listeners.push((event) => progress.emit(event));
  const interrupt = interruptSignal();
  let wasClosed = false;
  try {
    await new Promise<void>((resolve, reject) => {
      const leave = (): void => {
        setTimeout(resolve, LEAVE_LIMIT_MS);
        node.leave();
      };
      listeners.push((event) => {
        if (event.type === 'peer-left') resolve();
        // A disk that fails for one chunk is told, and tried again: the others are served all the same.
        if (event.type === 'node-failed' && event.code !== 'STORE') reject(nodeFailure(event));
        const becameComplete = event.type === 'peer-completed' || event.type === 'peer-joined';
        if (becameComplete && progress.complete && settings.leaveAfterMs !== undefined) {
          setTimeout(leave, settings.leaveAfterMs);
        }
      });
      interrupt.addEventListener('abort', leave);
      node.start();
    });
  } finally {
    progress.close();
    wasClosed = close(node);
  }
  if (wasClosed && progress.complete) return exitCodes.ok;
  return wasClosed && interrupt.aborted ? exitCodes.interrupted : exitCodes.failed;
}

/** Returns whether the folder could be left in order; says why not. */
function close(node: ClientNode): boolean {
  try {
    node.close();
    return true;
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    say(`client: ${error.message}`);
    return false;
  }
}

function nodeOptions(settings: ClientSettings): ClientNodeOptions {
  const { folder, bind, logFile, name, host, tracker, trackerIsOurs } = settings;
  const { protocol, edition, picker, uploadSlots } = settings;
  const port = settings.transferPort;
  return {
    folder,
    bind,
    logFile,
    onLogFailure: ({ message }) => say(`client: ${message}`),
    peer: { name, port, host, tracker, trackerIsOurs, protocol, edition, picker, uploadSlots },
  };
}
