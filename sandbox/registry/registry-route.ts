type RouteName =
  'base' | 'manifest' | 'blob' | 'uploads' | 'upload' | 'tags' | 'referrers' | 'layer';

/** Which endpoint of the distribution specification a path names. */
export interface Route {
  readonly name: RouteName;
  readonly repository: string;
  readonly reference: string;
}

// Repository names hold slashes, so the endpoint is found from the end of the path.
const endpoints: readonly (readonly [RouteName, RegExp])[] = [
  ['base', /^\/v2\/?()()$/],
  ['tags', /^\/v2\/(.+)\/tags\/list()$/],
  ['referrers', /^\/v2\/(.+)\/referrers\/([^/]+)$/],
  ['uploads', /^\/v2\/(.+)\/blobs\/uploads\/?()$/],
  ['upload', /^\/v2\/(.+)\/blobs\/uploads\/([^/]+)$/],
  ['blob', /^\/v2\/(.+)\/blobs\/([^/]+)$/],
  ['manifest', /^\/v2\/(.+)\/manifests\/([^/]+)$/],
  ['layer', /^\/layers\/()([^/]+)$/],
];

/** Undefined when the registry has no such path. */
export function routeOf(pathname: string): Route | undefined {
  for (const [name, pattern] of endpoints) {
    const match = pattern.exec(pathname);
    if (match !== null) return { name, repository: match[1] ?? '', reference: match[2] ?? '' };
  }
  return undefined;
}
