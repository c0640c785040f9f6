import net from 'node:net';

/**
 * A TCP proxy that holds every byte back for half of a round trip in each direction, and resets the
 * connection at a share of the chunks of up to 64 KiB that pass.
 */
const [, , listen = '0', target = '0', roundTrip = '0', resetShare = '0'] = process.argv;
const delayMs = Number(roundTrip) / 2;
const share = Number(resetShare);

/** The same chances in each run: the classic linear congruential generator of 32 bits. */
let state = Number(listen);
function chance(): number {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return state / 2 ** 32;
}

net
  .createServer({ allowHalfOpen: true, noDelay: true }, (near) => {
    const far = net.connect({ host: '127.0.0.1', port: Number(target), noDelay: true });
    // A connection takes a round trip before its first byte.
    near.pause();
    setTimeout(() => near.resume(), delayMs * 2);
    delayed(near, far);
    delayed(far, near);
  })
  .listen(Number(listen), '127.0.0.1', () => {
    process.stdout.write('ready\n');
  });

/** In flight at once: a link with a window of 64 MiB is not what is measured here. */
const IN_FLIGHT_BYTES_MAX = 64 * 1024 * 1024;

function delayed(from: net.Socket, to: net.Socket): void {
  let inFlight = 0;
  let hasEnded = false;
  const waiting: { readonly chunk: Buffer; readonly atMs: number }[] = [];
  // One timer and one write for all that came together: the proxy is not what is measured.
  const pass = () => {
    const nowMs = performance.now();
    to.cork();
    for (let next = waiting[0]; next !== undefined && next.atMs <= nowMs; next = waiting[0]) {
      waiting.shift();
      inFlight -= next.chunk.length;
      to.write(next.chunk);
    }
    to.uncork();
    if (inFlight <= IN_FLIGHT_BYTES_MAX) from.resume();
    const [first] = waiting;
    if (first !== undefined) setTimeout(pass, Math.max(1, first.atMs - nowMs));
    else if (hasEnded) to.end();
  };
  // What is still on its way arrives, however slowly it is taken.
  const end = () => {
    hasEnded = true;
    if (waiting.length === 0) setTimeout(() => to.end(), delayMs);
  };
  from.on('data', (chunk) => {
    if (chance() < share) {
      from.resetAndDestroy();
      to.resetAndDestroy();
      return;
    }
    inFlight += chunk.length;
    if (inFlight > IN_FLIGHT_BYTES_MAX) from.pause();
    waiting.push({ chunk, atMs: performance.now() + delayMs });
    if (waiting.length === 1) setTimeout(pass, delayMs);
  });
  from.on('end', end);
  from.on('error', () => to.destroy());
  from.on('close', end);
}
