import { RunController, type RunControllerComponents, type RunEnd } from './run-controller.ts';

/** For engines in real time: a run controller whose end can be awaited. */
export class AwaitedController extends RunController {
  /** How the run ended and when; rejects when something of ours broke. */
  readonly ended: Promise<RunEnd>;

  constructor(
    components: Omit<RunControllerComponents, 'onEnded' | 'onFailed'>,
    ...rest: ConstructorParameters<typeof RunController> extends [unknown, ...infer Rest] ? Rest : never
  ) {
    let resolve!: (end: RunEnd) => void;
    let reject!: (error: unknown) => void;
    const ended = new Promise<RunEnd>((onEnded, onFailed) => {
      resolve = onEnded;
      reject = onFailed;
    });
    // Whoever awaits `ended` hears of a failure; one that comes before that is no unhandled rejection.
    ended.catch(() => undefined);
    super({ ...components, onEnded: resolve, onFailed: reject }, ...rest);
    this.ended = ended;
  }
}
