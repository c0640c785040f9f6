import { isMapping, type Template, type TemplateResource } from './template.ts';

/**
 * Logical ids of a template's resources, each after what it refers to or names in `DependsOn`, and
 * otherwise in the order they are written.
 */
export function resourceOrder(template: Template): readonly string[] {
  const resources = template.Resources ?? {};
  const ordered = new Set<string>();
  const visit = (logicalId: string, path: readonly string[]): void => {
    if (ordered.has(logicalId)) return;
    if (path.includes(logicalId)) {
      const circle = [...path.slice(path.indexOf(logicalId)), logicalId].join(' -> ');
      throw new Error(`The resources depend on each other in a circle: ${circle}.`);
    }
    const resource = resources[logicalId];
    if (resource === undefined) return;
    for (const needed of dependenciesOf(resource)) visit(needed, [...path, logicalId]);
    ordered.add(logicalId);
  };
  for (const logicalId of Object.keys(resources)) visit(logicalId, []);
  return [...ordered];
}

function dependenciesOf({ DependsOn = [], Properties }: TemplateResource): readonly string[] {
  const named = typeof DependsOn === 'string' ? [DependsOn] : DependsOn;
  return [...named, ...references(Properties)];
}

/** Everything that `Ref`, `Fn::GetAtt` and `Fn::Sub` name anywhere in a value. */
function references(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(references);
  if (!isMapping(value)) return [];
  return Object.entries(value).flatMap(([key, argument]) => {
    if (key === 'Ref' && typeof argument === 'string') return [argument];
    if (key === 'Fn::GetAtt') return [firstOf(argument)];
    if (key === 'Fn::Sub') return [...namesIn(argument), ...references(argument)];
    return references(argument);
  });
}

function firstOf(argument: unknown): string {
  const name = typeof argument === 'string' ? argument : (argument as readonly string[])[0];
  return name?.split('.')[0] ?? '';
}

function namesIn(argument: unknown): readonly string[] {
  const template: unknown = Array.isArray(argument) ? argument[0] : argument;
  const matches = String(template).matchAll(/\$\{([^!}.][^}.]*)/g);
  return [...matches].map(([, name = '']) => name);
}
