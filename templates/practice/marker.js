// Marks one sheet of numbers as the marker does: outcomes, causes, and what is paid.
const markerOf = (runner, table, policy, names) => {
  const paper = paperOf(runner, table), versions = versionsOf(paper, names);

  // `units` are whole multiples of the smallest mark, by outcome, and for a wrong entry that has a cause.
  const unitsOf = (marked, isNamed) => marked.outcome.map((code, n) => paper.units[n][code === OUTCOME.wrong && isNamed[n] ? OUTCOME_NAMED : code]);

  return ({ givens, solved = null }, submitted) => {
    let marked = markEntries(paper, givens, solved, submitted, policy);
    const diagnosis = diagnose(paper, names, versions, givens, submitted, marked);
    if (policy.follow_through !== "off" && policy.follow_through_cause) {
      marked = followingCauses(paper, names, givens, submitted, marked, diagnosis);
    }
    const isNamed = diagnosis.labels.map(Boolean), units = unitsOf(marked, isNamed);
    const paid = paidShares(paper, givens, submitted, marked, isNamed, units.map((one) => one / policy.parts));
    return { ...marked, labels: diagnosis.labels, isSign: diagnosis.isSign, ...paid,
      units: units.map((one, n) => Math.floor((one * paid.share[n]) / HUNDREDTHS)) };
  };
};
const OUTCOME_NAMED = 6;
