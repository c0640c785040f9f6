/** The parts of JSON Schema that the fleet's schema uses. */
interface Schema {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
}

interface Row {
  readonly path: string;
  readonly schema: Schema;
  readonly isRequired: boolean;
}

const DURATION_PATTERN = '^(\\d+)(s|m|h|d)$';

/** The reference page of the fleet file, from its JSON Schema. */
export function fleetReference(schema: object): string {
  const rows = fields('', schema as Schema).map(
    ({ path, schema: field, isRequired }) =>
      `| \`${path}\` | ${kind(field)} | ${standard(field, isRequired)} | ${description(field)} |`,
  );
  return [
    '# The fleet file',
    '',
    'Every field, from the schema that the CDK app, the functions and the command line share.',
    'An unknown field is an error. `NAME` is a name you choose, `REGION` an AWS Region.',
    'Durations are a whole number and a unit: `30s`, `10m`, `2h`, `1d`.',
    '[examples/shop/fleet.yaml](../examples/shop/fleet.yaml) uses every section;',
    '`farshore fleet validate FILE` checks a file.',
    '',
    '| field | value | default | meaning |',
    '| --- | --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
}

function fields(prefix: string, schema: Schema): readonly Row[] {
  const own = Object.entries(schema.properties ?? {}).flatMap(([name, field]): readonly Row[] => {
    if (name === '$schema') return [];
    const path = prefix === '' ? name : `${prefix}.${name}`;
    const isRequired = schema.required?.includes(name) === true && field.default === undefined;
    return [{ path, schema: field, isRequired }, ...fields(path, field)];
  });
  const key = /regions$|endpoints$/.test(prefix) ? 'REGION' : 'NAME';
  const inner: readonly (readonly [string, Schema])[] = [
    ...(typeof schema.additionalProperties === 'object'
      ? [[`${prefix}.${key}`, schema.additionalProperties] as const]
      : []),
    ...(schema.items === undefined ? [] : [[`${prefix}[]`, schema.items] as const]),
    ...(schema.anyOf ?? []).map((choice) => [prefix, choice] as const),
  ];
  return [...own, ...inner.flatMap(([path, field]) => fields(path, field))];
}

function kind(schema: Schema): string {
  if (schema.const !== undefined) return code(schema.const);
  if (schema.enum !== undefined) return schema.enum.map(code).join(', ');
  if (schema.pattern === DURATION_PATTERN) return 'duration';
  if (schema.anyOf !== undefined) return 'one of';
  if (schema.type === 'array') return `list of ${kind(schema.items ?? {})}`;
  if (typeof schema.additionalProperties === 'object' && schema.properties === undefined) {
    return 'map';
  }
  return schema.type === 'object' ? 'section' : (schema.type ?? 'value');
}

function standard(schema: Schema, isRequired: boolean): string {
  if (schema.default === undefined) return isRequired ? 'required' : '';
  const isEmpty = JSON.stringify(schema.default) === '{}';
  return isEmpty ? '' : code(schema.default);
}

function description(schema: Schema): string {
  return (schema.description ?? '').replaceAll('|', '\\|');
}

function code(value: unknown): string {
  return `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;
}
