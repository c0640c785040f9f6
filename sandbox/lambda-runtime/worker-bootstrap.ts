import { existsSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';
import { guardNetwork } from './guard-network.ts';
import { routeFetch } from './route-fetch.ts';
import type { InvokeMessage, WorkerMessage, WorkerSettings } from './worker-messages.ts';
import { installWorldDate, WorkerClock } from './world-date.ts';

// Runs first in every worker, before the function's bundle: makes the world that the bundle sees.

type Handler = (event: unknown, context: object) => unknown;

const settings = workerData as WorkerSettings;
const clock = new WorkerClock(settings.clock);
installWorldDate(clock);
routeFetch(settings.gatewayUrl, settings.region);
guardNetwork(settings.dnsServer);
await start();

async function start(): Promise<void> {
  let handler: Handler;
  try {
    handler = await loadHandler();
  } catch (error) {
    say(failed(error));
    return;
  }
  parentPort?.on('message', (message: InvokeMessage) => {
    void run(handler, message).then(say);
  });
  say({ kind: 'ready' });
}

async function loadHandler(): Promise<Handler> {
  const [moduleName = '', exportName = ''] = settings.handler.split('.');
  const files = ['.mjs', '.js', '.cjs'].map((end) =>
    path.join(settings.codeDir, `${moduleName}${end}`),
  );
  const file = files.find((candidate) => existsSync(candidate));
  if (file === undefined) {
    throw named('Runtime.ImportModuleError', `Error: Cannot find module '${moduleName}'`);
  }
  const module = (await import(pathToFileURL(file).href)) as Record<string, unknown>;
  const handler = module[exportName];
  if (typeof handler === 'function') return handler as Handler;
  throw named('Runtime.HandlerNotFound', `${settings.handler} is undefined or not exported`);
}

async function run(handler: Handler, message: InvokeMessage): Promise<WorkerMessage> {
  clock.set(message.clock);
  try {
    const result = await handler(JSON.parse(message.payload), contextOf(message));
    return { kind: 'result', payload: JSON.stringify(result) };
  } catch (error) {
    return failed(error);
  }
}

function contextOf(message: InvokeMessage): object {
  return {
    awsRequestId: message.requestId,
    functionName: message.functionName,
    functionVersion: '$LATEST',
    invokedFunctionArn: message.functionArn,
    memoryLimitInMB: String(message.memoryMb),
    logGroupName: `/aws/lambda/${message.functionName}`,
    logStreamName: '[$LATEST]local',
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => Math.max(0, message.deadlineMs - clock.nowMs()),
  };
}

function failed(error: unknown): WorkerMessage {
  const { name, message, stack = '' } = error instanceof Error ? error : new Error(String(error));
  return { kind: 'failed', errorType: name, message, trace: stack.split('\n') };
}

function named(name: string, message: string): Error {
  return Object.assign(new Error(message), { name });
}

function say(message: WorkerMessage): void {
  parentPort?.postMessage(message);
}
