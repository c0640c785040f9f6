import net from 'node:net';

/** A TCP proxy that holds every byte back for half of a round trip in each direction. */
const [, , listen = '0', target = '0', roundTrip = '0'] = process.argv;
const delayMs = Number(roundTrip) / 2;

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
  from.on('data', (chunk) => {
    inFlight += chunk.length;
    if (inFlight > IN_FLIGHT_BYTES_MAX) from.pause();
    setTimeout(() => {
      inFlight -= chunk.length;
      if (inFlight <= IN_FLIGHT_BYTES_MAX) from.resume();
      to.write(chunk);
    }, delayMs);
  });
  from.on('end', () => setTimeout(() => to.end(), delayMs));
  from.on('error', () => to.destroy());
  // What is still on its way arrives, however slowly it is taken.
  from.on('close', () => setTimeout(() => to.end(), delayMs));
}
