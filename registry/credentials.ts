import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { messageOf } from '../core/errors.ts';
import { RegistryError } from './registry-error.ts';

export interface Credentials {
  readonly user: string;
  readonly password: string;
  /** Docker's identity token: exchanged for an access token instead of a password. */
  readonly identityToken?: string;
}

/** Finds what a host wants to be logged in with; undefined means anonymous. */
export type FindCredentials = (host: string) => Promise<Credentials | undefined>;

interface DockerConfig {
  readonly auths?: Readonly<Record<string, DockerAuth>>;
  readonly credHelpers?: Readonly<Record<string, string>>;
  readonly credsStore?: string;
}

interface DockerAuth {
  readonly auth?: string;
  readonly username?: string;
  readonly password?: string;
  readonly identitytoken?: string;
}

/** The name under which `docker login` without a host keeps Docker Hub's. */
const HUB_KEY = 'https://index.docker.io/v1/';

/**
 * Reads docker's `config.json`: a helper for the host, then the store, then what stands there.
 * Helpers are found on the `PATH` of the environment.
 */
export function dockerCredentials(
  file: string,
  env: Readonly<Record<string, string | undefined>>,
): FindCredentials {
  const config = readConfig(file);
  return async (host) => {
    const keys = host === 'registry-1.docker.io' ? [HUB_KEY, 'docker.io', host] : [host];
    for (const key of keys) {
      const helper = config.credHelpers?.[key] ?? config.credsStore;
      const helped = helper === undefined ? undefined : await askHelper(helper, key, env);
      const found = helped ?? credentialsOf(authOf(config, key));
      if (found !== undefined) return found;
    }
    return undefined;
  };
}

function readConfig(file: string): DockerConfig {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as { readonly code?: string }).code === 'ENOENT') return {};
    throw new RegistryError('permission', `${file}: ${messageOf(error)}`, { cause: error });
  }
  try {
    return JSON.parse(text) as DockerConfig;
  } catch (error) {
    const what = `${file} is no JSON; log in again with \`docker login\``;
    throw new RegistryError('permission', what, { cause: error });
  }
}

/** Docker wrote hosts with and without a scheme and a version over the years. */
function authOf({ auths = {} }: DockerConfig, key: string): DockerAuth | undefined {
  return [key, `https://${key}`, `http://${key}`, `https://${key}/v1/`, `https://${key}/v2/`]
    .map((name) => auths[name])
    .find((auth) => auth !== undefined);
}

function credentialsOf(found: DockerAuth | undefined): Credentials | undefined {
  if (found === undefined) return undefined;
  const { auth, username, password, identitytoken } = found;
  const [user = '', ...rest] =
    auth === undefined
      ? [username, password ?? '']
      : Buffer.from(auth, 'base64').toString('utf8').split(':');
  if (user === '' && identitytoken === undefined) return undefined;
  return {
    user,
    password: rest.join(':'),
    ...(identitytoken === undefined ? {} : { identityToken: identitytoken }),
  };
}

/** `docker-credential-X get`, with the host on its standard input. */
async function askHelper(
  helper: string,
  host: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Credentials | undefined> {
  const program = `docker-credential-${helper}`;
  const child = spawn(program, ['get'], { stdio: ['pipe', 'pipe', 'ignore'], env: { ...env } });
  let answer = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (answer += text));
  const status = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject).on('close', resolve);
    // A helper that does not run never reads; that it does not run is told by the child itself.
    child.stdin.on('error', () => undefined).end(host);
  }).catch((error: unknown) => {
    const what = `${program} of docker's config.json does not run: ${messageOf(error)}`;
    throw new RegistryError('permission', what, { cause: error });
  });
  // Helpers end with 1 when they know nothing of the host.
  if (status !== 0) return undefined;
  const { Username = '', Secret = '' } = JSON.parse(answer) as {
    readonly Username?: string;
    readonly Secret?: string;
  };
  return Username === '<token>'
    ? { user: '', password: '', identityToken: Secret }
    : { user: Username, password: Secret };
}
