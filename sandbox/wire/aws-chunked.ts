/**
 * The content of a body that clients send in signed chunks (`x-amz-content-sha256:
 * STREAMING-...`): `<hex size>[;chunk-signature=...]\r\n<bytes>\r\n ... 0\r\n<trailers>`.
 * Signatures and trailing checksums are not checked.
 */
export function decodeAwsChunked(body: Uint8Array): Uint8Array {
  const chunks: Uint8Array[] = [];
  let at = 0;
  for (;;) {
    const end = indexOfLineEnd(body, at);
    const [hex = ''] = new TextDecoder().decode(body.subarray(at, end)).split(';');
    const size = Number.parseInt(hex, 16);
    if (!(size > 0) || end === -1) return Buffer.concat(chunks);
    chunks.push(body.subarray(end + 2, end + 2 + size));
    at = end + 2 + size + 2;
  }
}

/** Whether a request's headers say that its body comes in chunks. */
export function isAwsChunked(headers: Readonly<Record<string, string>>): boolean {
  return (
    headers['x-amz-content-sha256']?.startsWith('STREAMING-') === true ||
    headers['content-encoding']?.includes('aws-chunked') === true
  );
}

function indexOfLineEnd(body: Uint8Array, from: number): number {
  for (let at = from; at + 1 < body.length; at += 1) {
    if (body[at] === 13 && body[at + 1] === 10) return at;
  }
  return -1;
}
