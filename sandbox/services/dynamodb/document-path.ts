import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { Item } from './attribute-value.ts';
import { validation } from './dynamodb-errors.ts';
import type { ExpressionKind, Path } from './token-stream.ts';

/** What stands at a place of an item; undefined when nothing does. */
export function valueAt(item: Item, path: Path): AttributeValue | undefined {
  let value: AttributeValue | undefined = { M: item };
  for (const step of path) {
    value = typeof step === 'number' ? value.L?.[step] : ownMember(value.M, step);
    if (value === undefined) return undefined;
  }
  return value;
}

/** Writes in place; the parent must be there already, as DynamoDB demands. */
export function setAt(item: Item, path: Path, value: AttributeValue): void {
  const parent = valueAt(item, path.slice(0, -1));
  const step = path.at(-1);
  if (typeof step === 'string' && parent?.M !== undefined) {
    parent.M[step] = value;
  } else if (typeof step === 'number' && parent?.L !== undefined) {
    parent.L.splice(step, 1, value);
  } else {
    throw invalidPath();
  }
}

/** Takes away in place; a missing last step is no mistake. */
export function removeAt(item: Item, path: Path): void {
  const parent = valueAt(item, path.slice(0, -1));
  const step = path.at(-1);
  if (typeof step === 'string' && parent?.M !== undefined) {
    Reflect.deleteProperty(parent.M, step);
  } else if (typeof step === 'number' && parent?.L !== undefined) {
    parent.L.splice(step, 1);
  } else {
    throw invalidPath();
  }
}

/** DynamoDB refuses two paths of which one contains the other. */
export function refuseOverlaps(paths: readonly Path[], kind: ExpressionKind): void {
  paths.forEach((one, index) => {
    for (const two of paths.slice(index + 1)) {
      const isOverlap = one.slice(0, two.length).every((step, place) => step === two[place]);
      if (!isOverlap) continue;
      throw validation(
        `Invalid ${kind}: Two document paths overlap with each other; must remove or rewrite ` +
          `one of these paths; path one: ${display(one)}, path two: ${display(two)}`,
      );
    }
  });
}

function display(path: Path): string {
  return `[${path.map((step) => (typeof step === 'number' ? `[${step}]` : step)).join(', ')}]`;
}

function ownMember(map: Item | undefined, name: string): AttributeValue | undefined {
  return map !== undefined && Object.hasOwn(map, name) ? map[name] : undefined;
}

function invalidPath(): Error {
  return validation('The document path provided in the update expression is invalid for update');
}
