import { Command } from 'commander';
import type { Output } from '../output.ts';

/** `farshore demo`: the whole job on a local cloud of its own, checked at every step. */
export function demoCommand(output: Output): Command {
  return new Command('demo')
    .description('See the whole job once, on a local cloud that ends with it.')
    .option('--fleet <file>', 'the fleet file')
    .action(async ({ fleet }: { readonly fleet?: string }) => {
      const { runDemo } = await import('../demo/run-demo.ts');
      await runDemo(fleet ?? 'examples/shop/fleet.yaml', output);
    });
}
