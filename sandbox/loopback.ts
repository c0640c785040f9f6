/**
 * Whether a Host header names this machine. A page in a browser can point its own name at
 * 127.0.0.1 (DNS rebinding), but it cannot change the Host header that the browser then sends.
 */
export function isLoopbackHost(host: string | undefined): boolean {
  if (host === undefined) return false;
  const name = host.replace(/:\d+$/, '').toLowerCase();
  return name === 'localhost' || name.endsWith('.localhost') || isLoopbackAddress(name);
}

/** Whether an address is one of this machine's own. */
export function isLoopbackAddress(address: string | undefined): boolean {
  const bare = address?.replace(/^\[|\]$/g, '').replace(/^::ffff:/, '') ?? '';
  return bare === '::1' || /^127(?:\.\d{1,3}){3}$/.test(bare);
}
