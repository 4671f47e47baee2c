// Digits: what half a unit of the last one is, and which written values honest rounding may give.
const HALF = 0.51;  // not 0.5: an exact tie may be rounded either way
const NO_DIGITS = 99, NOISE = 1e-12, WHOLE = 1e-9;

// Read from text, which is exact to the last bit, as powers are not everywhere.
const LEAST_POWER = -320;
const TENS = Array.from({ length: 1 - 2 * LEAST_POWER }, (_, at) => Number("1e" + (at + LEAST_POWER)));
const tenTo = (power) => TENS[power - LEAST_POWER] ?? Number("1e" + power);
const halfUnit = (decimals) => HALF * tenTo(-decimals);
const leadingPlace = (size) => Number(size.toExponential().split("e")[1]);
const isWhole = (value) => Math.abs(value - Math.round(value)) <= WHOLE;

// `digits` are [whether they are significant figures, how many].
const decimalsFor = ([isFigures, count], reference) => {
  if (!isFigures || !Number.isFinite(reference) || Math.abs(reference) < NOISE) return count;
  const size = Math.abs(reference), leading = leadingPlace(size);
  const units = size / tenTo(leading - count + 1);
  const isCarried = units >= (tenTo(count) - 0.5) * (1 - 5e-16);
  return count - 1 - leading - (isCarried ? 1 : 0);
};

const halfOf = (digits, reference) => halfUnit(decimalsFor(digits, reference));
const coarserHalf = (digits, half, value) => (digits[0] ? Math.max(half, halfOf(digits, value)) : half);

const reaches = (value, target, half, band, isCut) => {
  const off = Math.abs(value - target);
  return off <= half + band || (isCut && off <= 2 * half + band && Math.abs(value) <= Math.abs(target) + band);
};
