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
