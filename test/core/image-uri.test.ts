import { describe, expect, test } from '@jest/globals';
import { digestOf, pinnedImage } from '../../core/image-uri.ts';

const digest = `sha256:${'a'.repeat(64)}`;

describe('image URIs', () => {
  test('pin an image by digest in the registry of its region', () => {
    expect(pinnedImage('123456789012', 'us-west-2', 'shop/web', digest)).toBe(
      `123456789012.dkr.ecr.us-west-2.amazonaws.com/shop/web@${digest}`,
    );
  });

  test.each([
    [`registry.example:5000/web@${digest}`, digest],
    [`registry.example:5000/web:1.2.0@${digest}`, digest],
    ['registry.example:5000/web:1.2.0', undefined],
    ['web@sha256:short', undefined],
  ])('the digest of %s is %s', (image, expected) => {
    expect(digestOf(image)).toBe(expected);
  });
});
