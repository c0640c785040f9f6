import { ServiceError } from '../../service-model.ts';
import type { EventEnvelope, RuleTarget } from './event-bus.ts';

/** What a target receives of an event: all of it, a part, a constant, or a template filled in. */
export function targetInput(target: RuleTarget, event: EventEnvelope, ruleArn: string): string {
  if (target.Input !== undefined) return target.Input;
  if (target.InputPath !== undefined) {
    return JSON.stringify(valueAt(event, target.InputPath) ?? {});
  }
  const { InputTransformer: transformer } = target;
  if (transformer === undefined) return JSON.stringify(event);
  const values = new Map<string, unknown>([
    ['aws.events.rule-arn', ruleArn],
    ['aws.events.rule-name', ruleArn.split('/').at(-1) ?? ''],
    ['aws.events.event.ingestion-time', event.time],
    ['aws.events.event', event],
    ['aws.events.event.json', event],
  ]);
  for (const [name, path] of Object.entries(transformer.InputPathsMap ?? {})) {
    values.set(name, valueAt(event, path));
  }
  return fill(transformer.InputTemplate ?? '', values);
}

/**
 * Checks a path of the small form `$.detail.list[0].name`.
 * @throws ServiceError ValidationException for other forms of JSON path
 */
export function checkPath(path: string): void {
  if (/^\$(\.[A-Za-z_][\w-]*(\[\d+\])*)*$/.test(path)) return;
  throw new ServiceError(
    'ValidationException',
    `The local cloud does not implement the JSON path ${path}: use $.name.name[0].`,
  );
}

function valueAt(event: EventEnvelope, path: string): unknown {
  const steps = path.match(/[A-Za-z_][\w-]*|\d+(?=\])/g) ?? [];
  let value: unknown = event;
  for (const step of steps) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Readonly<Record<string, unknown>>)[step];
  }
  return value;
}

/** Strings lose their quotes inside a quoted string of the template and keep them elsewhere. */
function fill(template: string, values: ReadonlyMap<string, unknown>): string {
  let isInString = false;
  return template.replace(/\\.|"|<([\w.-]+)>/g, (part: string, name: string | undefined) => {
    if (part === '"') isInString = !isInString;
    if (name === undefined || !values.has(name)) return part;
    const value = values.get(name);
    const json = value === undefined ? (isInString ? '' : '""') : JSON.stringify(value);
    return isInString && typeof value === 'string' ? json.slice(1, -1) : json;
  });
}
