/** The engines there are. Nothing else knows more than one of them. */
import type { EngineName } from '../plan/plan.ts';
import { clusterEngine, type ClusterEngineComponents } from './cluster/cluster-engine.ts';
import type { Engine } from './engine.ts';
import {
  threadsEngine,
  type ThreadsEngineComponents,
  type ThreadsEngineOptions,
} from './threads/threads-engine.ts';
import { virtualEngine } from './virtual/virtual-engine.ts';

export type Engines = Readonly<Record<EngineName, Engine>>;

export interface EngineComponents extends ThreadsEngineComponents {
  /** Absent: the user has named no cluster. */
  readonly cluster?: ClusterEngineComponents;
}
export type EngineOptions = ThreadsEngineOptions;

export function createEngines(components: EngineComponents, options: EngineOptions = {}): Engines {
  return {
    threads: threadsEngine(components, options),
    virtual: virtualEngine(),
    cluster: clusterEngine(components.cluster),
  };
}
