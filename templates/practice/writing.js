// How the answers of one sheet are written: to how many digits, and what a number that was written so can stand for.
const writingOf = (paper, submitted, wanted, policy) => {
  const OFTEN = 0.25, LEAST_SHORT = 3;
  const { values, decimals, digits } = submitted, cut = policy.truncation;
  const fields = paper.fields.map((_, n) => n);
  const asked = (n) => paper.fields[n].digits;
  const isThere = (n) => Number.isFinite(values[n]);

  // Fewer digits than asked are a student's habit: there are many, or nowhere more figures.
  const writesShort = (isShort) => {
    const short = fields.filter((n) => isShort[n]), there = fields.filter(isThere);
    const isRounded = (n) => isThere(n) && values[n] !== 0 && digits[n] < NO_DIGITS;
    const most = (places) => Math.max(0, ...places.map((n) => (isRounded(n) ? digits[n] : 0)));
    const isOften = short.length >= LEAST_SHORT && short.length > OFTEN * there.length;
    return isOften || (short.length > 0 && most(there) <= most(short));
  };

  // Written with a 0 behind the point that it does not need.
  const endsInZero = (n) => {
    const units = values[n] * tenTo(decimals[n] - 1);
    return decimals[n] > 0 && Math.abs(units - Math.round(units)) <= WHOLE * Math.max(1, Math.abs(units));
  };

  const fewerDigits = () => {
    const fewer = fields.map((n) => {
      const [isFigures, count] = asked(n), missing = count - (isFigures ? digits[n] : decimals[n]);
      return isThere(n) && values[n] !== 0 ? Math.max(missing, 0) : 0;
    });
    const isSame = fields.map((n) => fewer[n] > 0 && Math.abs(values[n] - wanted[n]) <= WHOLE * Math.max(1, Math.abs(wanted[n])));
    if (!isSame.includes(true)) return fewer;
    const hasHabit = writesShort(fields.map((n) => fewer[n] > 0 && (!isSame[n] || endsInZero(n))));
    return fewer.map((count, n) => (isSame[n] && !hasHabit ? 0 : count));
  };

  // Half a unit of the last digit of a fraction where a whole number is asked.
  const fractionHalf = (n) => {
    const [isFigures, count] = asked(n);
    if (!paper.rational || isFigures || count !== 0 || !isWhole(wanted[n])) return 0;
    return isThere(n) && !isWhole(values[n]) ? Math.max(halfUnit(decimals[n]), WHOLE) : 0;
  };

  const fewer = fewerDigits();
  const half = fields.map((n) => halfOf(asked(n), wanted[n]));
  const writtenHalf = fields.map((n) => (fewer[n] > 0 ? halfUnit(decimalsFor(asked(n), wanted[n]) - fewer[n]) : 0));
  const fraction = fields.map(fractionHalf);
  const isEnough = fields.map((n) => fewer[n] > 0 && digits[n] >= policy.least_digits);
  const isExact = fields.map((n) => reaches(values[n], wanted[n], fraction[n] > 0 ? fraction[n] : half[n], 0, cut));
  const takesShort = policy.precision === "as_written";
  const isRight = fields.map((n) => isExact[n]
    || (takesShort && isEnough[n] && reaches(values[n], wanted[n], writtenHalf[n], 0, cut)));
  const isShortWriter = writesShort(fewer.map((count) => count > 0));
  const figures = Math.min(...fields.map((n) => (isEnough[n] ? digits[n] : NO_DIGITS)));
  const leastFigures = isShortWriter && figures < NO_DIGITS ? figures : 0;

  // Half a unit of what was not written down by one who writes few digits.
  const inTheHead = (computed) => {
    if (!leastFigures || !Number.isFinite(computed) || computed === 0) return 0;
    return halfUnit(leastFigures - 1 - leadingPlace(Math.abs(computed))) * (cut ? 2 : 1);
  };

  // Whether an answer follows from what was computed, within its band.
  const judged = (n, computed, band, isGiven) => {
    const value = values[n], written = writtenHalf[n];
    const around = coarserHalf(asked(n), half[n], Math.abs(computed) + band);
    let follows = reaches(value, computed, around, band, cut), tolerance = around + band;
    if (fraction[n] > 0) follows &&= reaches(value, computed, fraction[n], 0, cut);
    if (!written) return { follows, tolerance, coarse: 0 };
    const hasLostZeros = isExact[n] || reaches(value, computed, half[n], 0, cut);
    const isShort = isShortWriter || !hasLostZeros;
    const isNear = isShort && reaches(value, computed, written, band, cut);
    if (takesShort && isNear && !follows && isEnough[n]) [follows, tolerance] = [true, written + band];
    const isSeen = isNear || follows || isRight[n] || isShortWriter;
    const carries = isShort && isEnough[n] && !isGiven && isSeen;
    return { follows, tolerance, coarse: carries ? written * (cut ? 2 : 1) : 0 };
  };

  return { values, half, writtenHalf, fraction, isExact, isRight, isEnough, fewer, inTheHead, judged };
};
