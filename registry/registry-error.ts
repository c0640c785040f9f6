/** What kind of failure it is: decides whether it is tried again, and a command's exit code. */
export type RegistryFailure =
  'unreachable' | 'untrusted' | 'permission' | 'not-found' | 'throttled' | 'refused' | 'broken';

/** A registry's answer or silence, with its cause and a remedy in one line. */
export class RegistryError extends Error {
  override readonly name = 'RegistryError';
  readonly failure: RegistryFailure;
  readonly status: number | undefined;
  /** Code of the distribution specification, such as `NAME_UNKNOWN`. */
  readonly code: string | undefined;

  constructor(
    failure: RegistryFailure,
    message: string,
    options: ErrorOptions & { readonly status?: number; readonly code?: string | undefined } = {},
  ) {
    super(message, options);
    this.failure = failure;
    this.status = options.status;
    this.code = options.code;
  }
}

/** An answer that is no success, read for what it says. */
export interface RefusedAnswer {
  readonly what: string;
  readonly status: number;
  readonly body: string;
}

/** Reads `{"errors":[{"code","message"}]}`, or ECR's `{"__type"}`, or plain text. */
export function refusalOf({ what, status, body }: RefusedAnswer): RegistryError {
  const { code, message } = wordsOf(body);
  const failure = failureOf(status, code, message);
  const said = message === '' ? '' : `: ${message}`;
  const remedy = remedies[failure];
  const named = code === undefined ? `${status}` : `${status} ${code}`;
  return new RegistryError(failure, `${what}: the registry answered ${named}${said}${remedy}`, {
    status,
    code,
  });
}

const remedies: Readonly<Record<RegistryFailure, string>> = {
  unreachable: '',
  untrusted: '',
  permission: '; log in with `docker login` as somebody who may do that',
  'not-found': '; check the name, or create the repository first',
  throttled: '; try again later',
  refused: '',
  broken: '; try again later',
};

function failureOf(status: number, code: string | undefined, message: string): RegistryFailure {
  if (status === 429 || isThrottle(code, message)) return 'throttled';
  if (status === 401 || status === 403) return 'permission';
  if (status === 404) return 'not-found';
  return status >= 500 || status === 408 ? 'broken' : 'refused';
}

/** ECR throttles with status 400 on some paths. */
function isThrottle(code: string | undefined, message: string): boolean {
  return (
    /^(TOOMANYREQUESTS|ThrottlingException|Throttling)$/.test(code ?? '') ||
    /^(ThrottlingException|Rate exceeded)/.test(message)
  );
}

const TEXT_MAX = 200;

function wordsOf(body: string): { readonly code: string | undefined; readonly message: string } {
  try {
    const {
      errors = [],
      __type,
      message,
    } = JSON.parse(body) as {
      readonly errors?: readonly { readonly code?: string; readonly message?: string }[];
      readonly __type?: string;
      readonly message?: string;
    };
    const [first] = errors;
    return { code: first?.code ?? __type, message: oneLine(first?.message ?? message ?? '') };
  } catch {
    // Proxies in front of registries answer HTML or text; its beginning says enough.
    return { code: undefined, message: oneLine(body) };
  }
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim().slice(0, TEXT_MAX);
}
