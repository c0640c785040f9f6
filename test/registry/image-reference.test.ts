import { describe, expect, test } from '@jest/globals';
import { isLoopback, nameOf, parseReference } from '../../registry/image-reference.ts';

const digest = `sha256:${'a'.repeat(64)}`;

describe('parseReference', () => {
  test.each([
    ['debian', 'registry-1.docker.io', 'https', 'library/debian'],
    ['team/app:1.0', 'registry-1.docker.io', 'https', 'team/app'],
    ['docker.io/debian', 'registry-1.docker.io', 'https', 'library/debian'],
    ['docker://ghcr.io/a/b/c:x', 'ghcr.io', 'https', 'a/b/c'],
    ['localhost:5000/app', 'localhost:5000', 'http', 'app'],
    ['localhost/app', 'localhost', 'http', 'app'],
    ['127.0.0.1:80/app', '127.0.0.1:80', 'http', 'app'],
    ['http://127.0.0.1:80/app', '127.0.0.1:80', 'http', 'app'],
    ['https://localhost:5000/app', 'localhost:5000', 'https', 'app'],
    ['registry.example:5000/app', 'registry.example:5000', 'https', 'app'],
  ])('reads %s', (text, host, scheme, repository) => {
    expect(parseReference(text)).toMatchObject({ host, scheme, repository });
  });

  test('reads tag and digest', () => {
    const found = parseReference(`localhost:5000/a/b:1.2@${digest}`);
    expect(found).toMatchObject({ repository: 'a/b', tag: '1.2', digest });
    expect(nameOf(found)).toBe('localhost:5000/a/b');
    expect(parseReference('localhost:5000/a').tag).toBeUndefined();
  });

  test.each([
    ['http://registry.example/app', /plain HTTP is for loopback only/],
    ['registry.example/App', /repository name/],
    ['registry.example/app:a b', /no tag/],
    ['registry.example/app@sha256:12', /one digest/],
    [`registry.example/app@${digest}@${digest}`, /one digest/],
    ['registry.example/', /repository name/],
  ])('rejects %s', (text, message) => {
    expect(() => parseReference(text)).toThrow(message);
  });

  test('takes no name for loopback that only looks like it', () => {
    expect(isLoopback('127.0.0.1.example:5000')).toBe(false);
    expect(isLoopback('localhost.example')).toBe(false);
    expect(isLoopback('[::1]:5000')).toBe(true);
  });
});
