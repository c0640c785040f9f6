import { xml } from './codecs.ts';
import type { ErrorAnswer } from './wire-error.ts';

const plain = xml('');

/** An element around XML that is already escaped. */
export function element(name: string, inner: string, namespace?: string): string {
  const attribute = namespace === undefined ? '' : ` xmlns="${namespace}"`;
  return `<${name}${attribute}>${inner}</${name}>`;
}

export function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** What stands inside of the root element, because the root's name differs in answers. */
export function innerXml(written: Uint8Array | string): string {
  const text = typeof written === 'string' ? written : new TextDecoder().decode(written);
  const start = text.indexOf('>');
  if (text[start - 1] === '/') return '';
  return text.slice(start + 1, text.lastIndexOf('</'));
}

/** `<Message>` and the other members of an error. */
export function errorMembers(answer: ErrorAnswer, error: Error): string {
  const message = element('Message', escapeXml(error.message));
  if (answer.schema === undefined) return message;
  const rest = Object.entries(answer.members).filter(([name]) => name.toLowerCase() !== 'message');
  return message + innerXml(plain.write(answer.schema, Object.fromEntries(rest)));
}

export function xmlHeaders(requestId: string): Record<string, string> {
  return {
    'content-type': 'text/xml',
    'x-amzn-requestid': requestId,
    'x-amz-request-id': requestId,
  };
}
