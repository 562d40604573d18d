/** `swarm-lab agent`: docs/cluster.md. */
import { runProgram } from './program/run-program.ts';
import { readAgentOptions } from './agent/agent-options.ts';

await runProgram('agent', async () => {
  const settings = readAgentOptions(process.argv.slice(2), process.env);
  const { runAgent } = await import('./agent/run-agent.ts');
  return runAgent(settings);
});
