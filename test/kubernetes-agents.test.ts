import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';

interface AgentsJob {
  readonly spec: {
    readonly podFailurePolicy: {
      readonly rules: readonly {
        readonly action: string;
        readonly onPodConditions: readonly { type: string }[];
      }[];
    };
    readonly template: {
      readonly spec: {
        readonly restartPolicy: string;
        readonly containers: readonly [
          { readonly command: readonly [string, ...string[]]; readonly args: readonly string[] },
        ];
      };
    };
  };
}

const file = fileURLToPath(new URL('../deploy/kubernetes/agents.yaml', import.meta.url));
const job = parse(readFileSync(file, 'utf8')) as AgentsJob;
const pod = job.spec.template.spec;

/** The working folder of the container; in place of the laboratory is a program that does what the test says. */
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pod-'));
  mkdirSync(join(folder, 'scripts'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function startPod(launch: string) {
  writeFileSync(join(folder, 'scripts', 'launch.mjs'), launch);
  const [{ command, args }] = pod.containers;
  const child = spawn(command[0], [...command.slice(1), ...args], { cwd: folder });
  const ended = once(child, 'close') as Promise<[number | null]>;
  return { child, ended };
}

describe('the pods of the Job of agents', () => {
  it('fail when their agent was told to leave and has left in order, so that the Job replaces them', async () => {
    const { child, ended } = startPod(`
      process.once('SIGTERM', () => setTimeout(() => { console.log('left'); process.exit(0); }, 100));
      setInterval(() => {}, 1000);
      console.log(JSON.stringify(process.argv.slice(2)));`);
    const [given] = (await once(child.stdout, 'data')) as [Buffer];
    expect(JSON.parse(given.toString())).toEqual(['agent', ...pod.containers[0].args]);
    child.kill('SIGTERM');
    const [left] = (await once(child.stdout, 'data')) as [Buffer];
    expect(left.toString()).toBe('left\n');
    expect(await ended).toEqual([143, null]);
  });

  it('fail with the exit code of an agent that has ended by itself, also where that is 0', async () => {
    expect(await startPod('process.exit(2)').ended).toEqual([2, null]);
    expect(await startPod('process.exit(0)').ended).toEqual([1, null]);
  });

  it('are replaced as often as their node is taken from them', () => {
    expect(pod.restartPolicy).toBe('Never');
    expect(job.spec.podFailurePolicy.rules).toMatchObject([
      { action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget' }] },
    ]);
  });
});
