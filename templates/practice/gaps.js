// What follows from a cause that lies in a gap: the first written entry that shows it loses its mark, and the others
// follow from the same gap, which is what hangs together of all that is not written.
const followingCauses = (paper, names, givens, submitted, marked, diagnosis) => {
  const { values } = submitted, isBlank = values.map(isNone), hasBlanks = isBlank.includes(true);
  const outcome = marked.outcome.slice(), own = marked.own.slice(), tolerance = marked.tolerance.slice();
  const held = [...new Set(diagnosis.version.filter((at) => at >= 0))].sort((one, other) => one - other);
  for (const at of held) {
    const version = diagnosis.tried[at], isHere = diagnosis.version.map((one) => one === at);
    const isBehind = isHere.some((here, n) => here && !version.changed.has(paper.fields[n].q));
    if (!isBehind || !(paper.can_follow || hasBlanks)) continue;
    const gaps = gapsOf(paper, version, givens, values, marked, isHere, isBlank);
    gapFollowers(paper, version, gaps).forEach((n) => {
      outcome[n] = OUTCOME.follow_through;
      [own[n], tolerance[n]] = [gaps.theirs[n], gaps.band[n]];
    });
  }
  for (const [name, differs, factors] of paper.conventions) {
    const isNamed = (n) => outcome[n] === OUTCOME.wrong && diagnosis.labels[n].split("|").includes(names[name].name);
    const named = values.map((_, n) => n).filter(isNamed);
    if (!named.some((n) => differs.includes(paper.fields[n].q))) continue;
    const factorOf = new Map(factors);
    named.filter((n) => factorOf.has(paper.fields[n].q)).forEach((n) => {
      outcome[n] = OUTCOME.follow_through;
      own[n] *= factorOf.get(paper.fields[n].q);
      tolerance[n] *= factorOf.get(paper.fields[n].q);
    });
  }
  return { ...marked, outcome, own, tolerance };
};

// The gaps of a student who has a cause, seen in the way in which it explains more.
const gapsOf = (paper, version, givens, values, marked, isHere, isBlank) => {
  const seenWith = (gaps) => {
    const work = causeWork(paper, givens, values, marked, isHere, gaps), look = work.look(version);
    return { work, look, fits: work.within(version, look, true) };
  };
  let seen = seenWith(isBlank);
  if (isBlank.includes(true)) {
    const plain = seenWith(isBlank.map(() => false));
    if (plain.fits.size > seen.fits.size) seen = plain;
  }
  const { work, look, fits } = seen, { graph } = paper;
  const computed = work.base.computed.map((numbers, q) => look.moved.get(q) ?? numbers);
  const after = computed.map((numbers, q) => {
    const answers = work.written.get(q);
    return answers ? numbers.map((value, e) => (isNone(answers[e]) ? value : answers[e])) : numbers;
  });
  // Samples are as given: who reads wrong ones goes wrong there.
  const copied = new Set(paper.copied), right = (q) => (copied.has(q) ? work.base.values[q] : after[q]);
  const missing = new Map(), strikes = new Map();
  for (const q of graph.derived) {
    if (copied.has(q) || paper.shown.has(q)) continue;
    const answers = work.written.get(q), inputs = graph.inputs[q];
    missing.set(q, computed[q].map((_, e) => !answers || isNone(answers[e])));
    const readsSamples = inputs.some((input) => copied.has(input));
    if (!version.changed.has(q) && !(readsSamples && inputs.some((input) => version.changed.has(input)))) continue;
    strikes.set(q, graph.compute(q, right).map((ownValue, e) => {
      const n = paper.fieldAt[q][e], tolerance = n < 0 ? NaN : marked.tolerance[n];
      const around = isNone(tolerance) ? halfOf(paper.digits, ownValue) : tolerance;
      return !(Math.abs(computed[q][e] - ownValue) <= around);
    }));
  }
  const targets = new Set([...fits].map((n) => paper.fields[n].q));
  const bands = targets.size ? work.bandsOf(version, look.moved, targets) : new Map();
  const theirs = paper.byField(computed), band = paper.fields.map(({ q, entry }) => bands.get(q)?.[entry] ?? 0);
  return { fits, theirs, band, missing, strikes };
};

// By missing entry the least number of what it hangs together with.
const hangingTogether = (version, missing) => {
  const offsets = new Map();
  let total = 0;
  missing.forEach((flags, q) => { offsets.set(q, total); total += flags.length; });
  const label = Array.from({ length: total }, (_, at) => at);
  const order = version.graph.derived.filter((q) => missing.has(q)), both = [...order, ...[...order].reverse()];
  for (let isDone = false; !isDone;) {
    isDone = true;
    for (const q of both) {
      for (const [input, reads] of version.graph.readsOf(q)) {
        if (!missing.has(input)) continue;
        const before = label.slice(), mine = offsets.get(q), other = offsets.get(input);
        reads.forEach((row, i) => row.forEach((linked, e) => {
          if (!linked || !missing.get(input)[i] || !missing.get(q)[e]) return;
          const least = Math.min(before[mine + e], before[other + i]);
          if (least < label[mine + e]) { label[mine + e] = least; isDone = false; }
          if (least < label[other + i]) { label[other + i] = least; isDone = false; }
        }));
      }
    }
  }
  return { label, offsets };
};

// The fields that follow from a gap of which an earlier entry has shown the cause.
const gapFollowers = (paper, version, { fits, missing, strikes }) => {
  const { label, offsets } = hangingTogether(version, missing);
  const hasCause = new Set(), shown = new Set(), found = [];
  strikes.forEach((flags, q) => flags.forEach((isStruck, e) => {
    if (isStruck && missing.get(q)[e]) hasCause.add(label[offsets.get(q) + e]);
  }));
  const inOrder = paper.fields.map((field, n) => [version.graph.place.get(field.q), n]).sort((one, other) => one[0] - other[0] || one[1] - other[1]);
  for (const [, n] of inOrder) {
    if (!fits.has(n)) continue;
    const { q, entry } = paper.fields[n];
    const read = version.graph.readsOf(q).flatMap(([input, reads]) => (missing.get(input) ?? []).flatMap(
      (isMissing, i) => (isMissing && reads[i][entry] ? [label[offsets.get(input) + i]] : []),
    ));
    const isNew = read.some((gap) => hasCause.has(gap) && !shown.has(gap));
    if (!isNew && !strikes.get(q)?.[entry]) found.push(n);
    read.forEach((gap) => shown.add(gap));
  }
  return found;
};
