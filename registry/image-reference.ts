/** An image, or a repository, as people write it. */
export interface ImageReference {
  /** Host with port, such as `localhost:5000` or `registry-1.docker.io`. */
  readonly host: string;
  readonly scheme: 'http' | 'https';
  readonly repository: string;
  readonly tag?: string;
  readonly digest?: string;
}

/** A reference that cannot be read, and what is wrong with it. */
export class ReferenceError extends Error {
  override readonly name = 'ReferenceError';
}

/** Docker Hub is named by one host and served by another. */
const HUB = 'docker.io';
const HUB_HOST = 'registry-1.docker.io';

const repositoryPattern =
  /^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*$/;
const tagPattern = /^\w[\w.-]{0,127}$/;
const digestPattern = /^sha(?:256:[0-9a-f]{64}|512:[0-9a-f]{128})$/;

/**
 * Reads `[https://]HOST/REPOSITORY[:TAG][@DIGEST]` as docker does: without a host it is Docker
 * Hub. Loopback is asked over plain HTTP unless `https://` stands before it; nothing else is.
 */
export function parseReference(text: string): ImageReference {
  const [, prefix, rest = ''] = /^(https?|docker):\/\/(.*)$/.exec(text) ?? [text, undefined, text];
  const { host, repository, tag, digest, isTooMuch } = partsOf(rest);
  const wrong = (what: string) => new ReferenceError(`"${text}" is no image: ${what}.`);
  if (!repositoryPattern.test(repository)) {
    throw wrong(`"${repository}" is no repository name (lower case, as in team/app)`);
  }
  if (tag !== undefined && !tagPattern.test(tag)) throw wrong(`"${tag}" is no tag`);
  if (isTooMuch || (digest !== undefined && !digestPattern.test(digest))) {
    throw wrong('after @ there must be one digest, as in @sha256:<64 hex digits>');
  }
  if (prefix === 'http' && !isLoopback(host)) {
    throw wrong(`plain HTTP is for loopback only, ${host} must speak HTTPS`);
  }
  return {
    host: host === HUB ? HUB_HOST : host,
    scheme: schemeOf(prefix, host),
    repository,
    ...(tag === undefined ? {} : { tag }),
    ...(digest === undefined ? {} : { digest }),
  };
}

function schemeOf(prefix: string | undefined, host: string): 'http' | 'https' {
  return prefix !== 'https' && isLoopback(host) ? 'http' : 'https';
}

function partsOf(rest: string) {
  const [beforeDigest = '', digest, more] = rest.split('@');
  const colon = beforeDigest.lastIndexOf(':');
  const hasTag = colon > beforeDigest.lastIndexOf('/');
  return {
    ...splitHost(hasTag ? beforeDigest.slice(0, colon) : beforeDigest),
    tag: hasTag ? beforeDigest.slice(colon + 1) : undefined,
    digest,
    isTooMuch: more !== undefined,
  };
}

/** The reference as people write it, without tag and digest. */
export function nameOf({ host, repository }: ImageReference): string {
  return `${host === HUB_HOST ? HUB : host}/${repository}`;
}

/** Whether a host is this machine, so that nothing can be read on the way. */
export function isLoopback(host: string): boolean {
  const name = host.replace(/:\d+$/, '');
  return name === 'localhost' || name === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(name);
}

function splitHost(path: string): { readonly host: string; readonly repository: string } {
  const slash = path.indexOf('/');
  const first = path.slice(0, Math.max(0, slash));
  if (/[.:]/.test(first) || first === 'localhost') {
    const repository = path.slice(slash + 1);
    const isOfficial = first === HUB && !repository.includes('/');
    return { host: first, repository: isOfficial ? `library/${repository}` : repository };
  }
  return { host: HUB, repository: slash < 0 ? `library/${path}` : path };
}
