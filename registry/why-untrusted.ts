import { messageOf } from '../core/errors.ts';

/** Why a host's certificate does not do, and what to do; undefined when it is not about that. */
export function whyUntrusted(host: string, error: unknown): string | undefined {
  const { code = '' } = error as { readonly code?: string };
  if (unknownAuthority.has(code)) {
    // Node adds a hint at an option of its own, which is not at hand here.
    const [why = ''] = messageOf(error).split(';');
    return (
      `its certificate is not trusted (${why}); put its CA into ` +
      `/etc/docker/certs.d/${host}/ca.crt or ~/.config/containers/certs.d/${host}/ca.crt, or ` +
      'name the file in NODE_EXTRA_CA_CERTS'
    );
  }
  if (code === 'CERT_HAS_EXPIRED') return 'its certificate has expired; have it renewed';
  if (code === 'CERT_NOT_YET_VALID') return 'its certificate is not valid yet; check the clock';
  if (code !== 'ERR_TLS_CERT_ALTNAME_INVALID') return undefined;
  return `its certificate is for other names (${messageOf(error)}); ask for it by one of them`;
}

/** Codes of OpenSSL, as Node tells them. */
const unknownAuthority = new Set([
  'CERT_UNTRUSTED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);
