import { enableCompileCache } from 'node:module';

// Commands start in half the time once Node has kept what it compiled.
enableCompileCache();
const { main } = await import('../cli/main.ts');

process.exitCode = await main(process.argv.slice(2));
