/** How services differ in naming the errors that any operation may answer. */

const queryAndXml = new Set(['sns', 'sts', 'elasticloadbalancingv2', 'route53', 's3']);

/** The name of "not authorized" in this service. */
export function accessDeniedCode(service: string): string {
  if (service === 'sns') return 'AuthorizationErrorException';
  return queryAndXml.has(service) ? 'AccessDenied' : 'AccessDeniedException';
}

/** The name of "rate exceeded" in this service; the SDK retries each of them. */
export function throttlingCode(service: string): string {
  if (service === 's3') return 'SlowDown';
  return queryAndXml.has(service) ? 'Throttling' : 'ThrottlingException';
}
