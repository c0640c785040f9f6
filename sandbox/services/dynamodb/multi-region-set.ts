import { validation } from './dynamodb-errors.ts';

/**
 * Sets of regions within which DynamoDB keeps multi-region strong consistency:
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/V2globaltables_HowItWorks.html
 */
const sets: readonly (readonly string[])[] = [
  ['us-east-1', 'us-east-2', 'us-west-2'],
  ['eu-west-1', 'eu-west-2', 'eu-west-3', 'eu-central-1'],
  ['ap-northeast-1', 'ap-northeast-2', 'ap-northeast-3'],
];

/** Three replicas, or two and a witness, all of one set. */
export function checkMultiRegionSet(
  replicas: readonly string[],
  witness: string | undefined,
): void {
  const regions = [...replicas, ...(witness === undefined ? [] : [witness])];
  if (new Set(regions).size !== 3 || regions.length !== 3) {
    throw validation(
      'A global table with multi-Region strong consistency needs exactly three Regions: three ' +
        `replicas, or two replicas and a witness; it was given ${regions.join(', ')}.`,
    );
  }
  if (!sets.some((set) => regions.every((region) => set.includes(region)))) {
    throw validation(
      `Multi-Region strong consistency is not available across ${regions.join(', ')}: take all ` +
        `three from one of the sets ${sets.map((set) => `{${set.join(', ')}}`).join(', ')}.`,
    );
  }
}
