import { validation } from './dynamodb-errors.ts';

/** DynamoDB's numbers are decimals of up to 38 digits; a double would round the longer ones. */
export interface Decimal {
  readonly digits: bigint;
  /** Power of ten. */
  readonly exponent: number;
}

const DIGITS_MAX = 38;
const MAGNITUDE_MAX = 125;
const MAGNITUDE_MIN = -130;

const plainInteger = /^[1-9]\d{0,14}$/;

export function parseDecimal(text: string): Decimal {
  if (plainInteger.test(text)) return trimmed({ digits: BigInt(text), exponent: 0 });
  const match = /^\s*([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?\s*$/.exec(text);
  const [, sign = '', whole = '', fraction = '', power = '0'] = match ?? [];
  if (match === null || whole + fraction === '') {
    const what = text === '' ? '' : `: ${text}`;
    throw validation(`The parameter cannot be converted to a numeric value${what}`);
  }
  const digits = BigInt(`${whole}${fraction}`) * (sign === '-' ? -1n : 1n);
  return checked({ digits, exponent: Number(power) - fraction.length });
}

/** Without exponent or needless zeros, as DynamoDB gives numbers back. */
export function formatDecimal(value: Decimal): string {
  const { digits, exponent } = trimmed(value);
  const sign = digits < 0n ? '-' : '';
  const text = String(digits < 0n ? -digits : digits);
  if (exponent >= 0) return `${sign}${text}${'0'.repeat(exponent)}`;
  const padded = text.padStart(1 - exponent, '0');
  return `${sign}${padded.slice(0, exponent)}.${padded.slice(exponent)}`;
}

export function compareDecimals(left: Decimal, right: Decimal): number {
  const [a, b] = aligned(left, right);
  return a === b ? 0 : a < b ? -1 : 1;
}

export function addDecimals(left: Decimal, right: Decimal, sign: 1n | -1n = 1n): Decimal {
  const [a, b] = aligned(left, right);
  return checked({ digits: a + sign * b, exponent: Math.min(left.exponent, right.exponent) });
}

function aligned(left: Decimal, right: Decimal): readonly [bigint, bigint] {
  const exponent = Math.min(left.exponent, right.exponent);
  const scale = (value: Decimal) => value.digits * 10n ** BigInt(value.exponent - exponent);
  return [scale(left), scale(right)];
}

function trimmed(value: Decimal): Decimal {
  if (value.digits === 0n) return { digits: 0n, exponent: 0 };
  let { digits, exponent } = value;
  while (digits % 10n === 0n) {
    digits /= 10n;
    exponent += 1;
  }
  return { digits, exponent };
}

function checked(value: Decimal): Decimal {
  const result = trimmed(value);
  const length = String(result.digits).replace('-', '').length;
  if (length > DIGITS_MAX) {
    throw validation('Attempting to store more than 38 significant digits in a Number');
  }
  const magnitude = length - 1 + result.exponent;
  if (magnitude > MAGNITUDE_MAX) {
    throw validation(
      'Number overflow. Attempting to store a number with magnitude larger than supported range',
    );
  }
  if (magnitude < MAGNITUDE_MIN) {
    throw validation(
      'Number underflow. Attempting to store a number with magnitude smaller than supported range',
    );
  }
  return result;
}
