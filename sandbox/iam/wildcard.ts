const compiled = new Map<string, RegExp>();

/** IAM's wildcards: `*` for any text, also across `/` and `:`, and `?` for one character. */
export function matchesWildcard(pattern: string, text: string): boolean {
  if (!pattern.includes('*') && !pattern.includes('?')) return pattern === text;
  const known = compiled.get(pattern);
  if (known !== undefined) return known.test(text);
  const source = pattern
    .replaceAll(/[$()+.[\\\]^{|}]/g, String.raw`\$&`)
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  const expression = new RegExp(`^${source}$`, 's');
  compiled.set(pattern, expression);
  return expression.test(text);
}

/**
 * A resource pattern of a policy. `*` matches every resource; a call without resource-level
 * permission has the resource `*`, which only the pattern `*` matches.
 */
export function matchesArn(pattern: string, resource: string): boolean {
  if (pattern === '*') return true;
  if (resource === '*') return false;
  return matchesWildcard(pattern, resource);
}
