import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { typeOf, type Item } from './attribute-value.ts';
import { refuseOverlaps, valueAt } from './document-path.ts';
import type { Placeholders } from './placeholders.ts';
import { TokenStream, type Path } from './token-stream.ts';

export function parseProjection(text: string, placeholders: Placeholders): readonly Path[] {
  const tokens = new TokenStream(text, 'ProjectionExpression', placeholders);
  const paths = [tokens.path()];
  while (tokens.accept(',')) paths.push(tokens.path());
  tokens.expectEnd();
  refuseOverlaps(paths, 'ProjectionExpression');
  return paths;
}

/** Only these places of the item; elements of lists close up. */
export function project(item: Item, paths: readonly Path[]): Item {
  const found = paths.filter((path) => valueAt(item, path) !== undefined);
  return projectMembers(item, found);
}

function projectMembers(item: Item, paths: readonly Path[]): Item {
  const names = [...new Set(paths.map(([name]) => String(name)))];
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = item[name];
      return value === undefined ? [] : [[name, projectValue(value, restOf(paths, name))]];
    }),
  );
}

function projectValue(value: AttributeValue, paths: readonly Path[]): AttributeValue {
  if (paths.some((path) => path.length === 0)) return value;
  if (value.M !== undefined) return { M: projectMembers(value.M, paths) };
  const elements = value.L ?? [];
  const indexes = [...new Set(paths.map(([index]) => Number(index)))].sort((a, b) => a - b);
  const kept = indexes.flatMap((index) => {
    const element = elements[index];
    return element === undefined ? [] : [projectValue(element, restOf(paths, index))];
  });
  return typeOf(value) === 'L' ? { L: kept } : value;
}

function restOf(paths: readonly Path[], step: string | number): readonly Path[] {
  return paths.filter(([first]) => first === step).map(([, ...rest]) => rest);
}
