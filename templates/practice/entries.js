// Marks the entries of a sheet: right, following from the student's own answers within honest rounding, or wrong.
const OUTCOME = { blank: 0, unreadable: 1, wrong: 2, imprecise: 3, correct: 4, follow_through: 5 };

// Not a wrong 0, and no wild value.
const carriesForward = (policy, values, wanted, isRight) => {
  const limit = policy.ignore_above * Math.max(1, ...wanted.map(Math.abs));
  return values.map((value, n) => {
    const isTame = Number.isFinite(value) && Math.abs(value) <= limit;
    return isTame && (policy.zeros_carry || value !== 0 || isRight[n]);
  });
};

// `solved` is the exact solution where it was worked out with fractions; null elsewhere.
const markEntries = (paper, givens, solved, submitted, policy) => {
  const reference = solved ?? paper.graph.evaluate(givens).values;
  const wanted = paper.byField(reference);
  const writing = writingOf(paper, submitted, wanted, policy);
  const { values, isRight } = writing, cut = policy.truncation;
  const work = ownWork(paper, givens, reference, writing, policy);
  const carries = carriesForward(policy, values, wanted, isRight);
  const { found: first, isIgnored, followsAll } = work.settled(wanted, values.map((value, n) => !carries[n] && !isNone(value)));
  const begin = startAt(values, wanted, values.map((value, n) => isIgnored[n] || isNone(value)));
  const { start, found } = work.byOtherRoutes(begin, first);
  const isFollowed = policy.follow_through !== "off";
  const missing = [], outcome = values.map((value, n) => {
    const follows = found.follows[n] && (isFollowed || !found.rests[n]);
    const isCorrect = isRight[n] || (found.follows[n] && !found.rests[n]);
    const sound = isFollowed || !found.rests[n] ? found.own[n] : NaN;
    const isNear = reaches(value, wanted[n], writing.writtenHalf[n], 0, cut)
      || reaches(value, sound, writing.writtenHalf[n], found.tolerance[n] - writing.half[n], cut);
    missing[n] = isNear && !isCorrect && !follows ? writing.fewer[n] : 0;
    if (submitted.isUnreadable[n]) return OUTCOME.unreadable;
    if (isNone(value)) return OUTCOME.blank;
    if (isCorrect) return OUTCOME.correct;
    if (follows) return OUTCOME.follow_through;
    return missing[n] === 1 ? OUTCOME.imprecise : OUTCOME.wrong;
  });
  return {
    outcome, missing, reference: wanted, solved: reference,
    own: found.own, tolerance: found.tolerance, coarse: found.coarse, pastBlanks: found.pastBlanks,
    restsOnWrong: values.map((_, n) => found.follows[n] && found.rests[n] && !isRight[n]),
    followsIgnored: values.map((_, n) => followsAll[n] && !found.follows[n] && !isRight[n]),
    carried: start.carried, half: writing.half, isFraction: writing.fraction.map((half) => half > 0),
  };
};
