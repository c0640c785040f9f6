import type { HttpAnswer, HttpClient } from './http-client.ts';
import { RegistryError } from './registry-error.ts';

/** The whole body of an answer; refuses more bytes than that. */
export async function readBytes(
  http: HttpClient,
  answer: HttpAnswer,
  bytesMax: number,
): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of http.read(answer)) {
    length += part.length;
    if (length > bytesMax) {
      throw new RegistryError('refused', `the answer is larger than ${bytesMax} bytes`);
    }
    parts.push(part);
  }
  return Buffer.concat(parts);
}

/** The same as text. */
export async function readText(
  http: HttpClient,
  answer: HttpAnswer,
  bytesMax: number,
): Promise<string> {
  return (await readBytes(http, answer, bytesMax)).toString('utf8');
}
