// Recomputes every entry from a student's own answers, so that what follows from a slip is not marked wrong.
const isNone = Number.isNaN;

// Half units by quantity, and the same with 0 where a value is not rounded at all; `only` names those that are wanted.
const halfUnits = (paper, reference, base, only = null, coarse = null) => {
  const EXACT = 1e-9;
  const halves = [], moved = [], rounded = new Map(), roundedRight = new Map();
  const endsAt = (half, value) => {
    const units = (value / half) * HALF;
    return Math.abs(units - Math.round(units)) <= EXACT * Math.max(1, Math.abs(units));
  };
  for (const q of paper.graph.derived) {
    if (only && !only.has(q) && !paper.rational) continue;
    const digits = paper.digitsOf(q), values = reference[q];
    const own = values.map((value) => halfOf(digits, value));
    const half = own.map((one, e) => coarserHalf(digits, one, base.values[q][e]));
    halves[q] = paper.stoodFor.has(q) ? half.map((one, e) => one + halfOf(paper.digits, values[e])) : half;
    moved[q] = half.map((one) => (paper.canRound[q] ? one : 0));
    if (paper.rational) {
      const isRounded = (ends, before) => {
        const rests = paper.graph.restsOn(q, before);
        return ends.map((end, e) => Boolean(paper.canRound[q]) && (!end || rests[e]));
      };
      const ends = own.map((one, e) => endsAt(one, values[e]));
      const ofRight = isRounded(ends, roundedRight);
      // A slip may lift the own value to where significant figures are coarser.
      const ofOwn = isRounded(ends.map((end, e) => end && endsAt(half[e], base.computed[q][e])), rounded);
      const flags = values.map((value, e) => (base.values[q][e] === value ? ofRight[e] : ofOwn[e]));
      rounded.set(q, flags);
      roundedRight.set(q, ofRight);
      moved[q] = half.map((one, e) => (flags[e] ? one : 0));
    }
    if (coarse?.has(q)) moved[q] = moved[q].map((one, e) => Math.max(one, coarse.get(q)[e]));
  }
  return { halves, moved };
};

// What later work starts from: the answers, or the reference where `isOpen`.
const startAt = (values, wanted, isOpen) => ({
  carried: values.map((value, n) => (isOpen[n] ? wanted[n] : value)),
  isGiven: isOpen.slice(),
  isSettled: values.map(() => false),
  isOpen: isOpen.slice(),
  isUnsound: values.map(() => false),
});

const ownWork = (paper, givens, reference, writing, policy) => {
  const { values } = writing, count = (flags) => flags.filter(Boolean).length;
  const isBlank = values.map(isNone), hasBlanks = isBlank.includes(true);

  // Beside what a few write down, and of what only stands for an answer that was left out.
  const halfInTheHead = (q, n, value) => {
    if (n >= 0 && !isBlank[n]) return 0;
    const short = n >= 0 && policy.precision === "as_written" ? writing.inTheHead(value) : 0;
    return paper.stoodFor.has(q) ? Math.max(short, halfOf(paper.digits, value)) : short;
  };

  const followed = (start) => {
    const { graph } = paper, written = paper.asQuantities(start.carried, NaN);
    const stops = new Map([...written, ...paper.printed(reference)]);
    const base = graph.evaluate(givens, stops);
    const bands = paper.zeros();
    const { moved } = halfUnits(paper, reference, base);
    // Whoever cuts off goes on with a number that is off by up to a whole unit.
    if (policy.truncation) moved.forEach((half, q) => { moved[q] = half.map((one) => 2 * one); });
    const hasOpen = hasBlanks || [...written.values()].some((answers) => answers.some(isNone));
    const found = { own: [], tolerance: [], rests: [], follows: [], coarse: [] };
    const unsound = new Map();
    for (const q of graph.derived) {
      if (!paper.shown.has(q)) {
        let notSound = graph.restsOn(q, unsound);
        if (written.has(q)) {
          const rests = notSound, answers = written.get(q);
          notSound = rests.map((restsHere, e) => {
            const n = paper.fieldAt[q][e], computed = base.computed[q][e];
            const band = bands[q][e] + (paper.stoodFor.has(q) ? halfOf(paper.digits, computed) : 0);
            const isGiven = n >= 0 && start.isGiven[n], isOpen = isNone(answers[e]);
            const { follows, tolerance, coarse } = n >= 0
              ? writing.judged(n, computed, band, isGiven) : { follows: false, tolerance: 0, coarse: 0 };
            let short = hasOpen && isOpen ? 0 : coarse;
            if (hasOpen) short = Math.max(short, halfInTheHead(q, n, base.values[q][e]));
            moved[q][e] = Math.max(moved[q][e], short);
            if (n >= 0) {
              [found.own[n], found.tolerance[n], found.rests[n]] = [computed, tolerance, restsHere];
              [found.follows[n], found.coarse[n]] = [follows, short];
            }
            const isCorrect = n >= 0 && (writing.isRight[n] || (follows && !restsHere));
            const isWrong = isOpen ? restsHere : !isCorrect;
            return (isWrong && !isGiven) || (n >= 0 && start.isUnsound[n]);
          });
        }
        if (notSound.includes(true)) unsound.set(q, notSound);
      }
      graph.addBands(bands, base, q, moved[q], stops);
    }
    const isPast = start.carried.some((value, n) => isNone(value) && isBlank[n]);
    return { ...found, pastBlanks: values.map(() => isPast) };
  };

  // The one or the other, entry by entry.
  const merged = (one, other, takesOther) => Object.fromEntries(
    Object.keys(one).map((name) => [name, one[name].map((mine, n) => (takesOther[n] ? other[name][n] : mine))]),
  );

  // Steps that were not written down start from their reference, or they were done: the better for each entry.
  const kinderPastBlanks = (start, found) => {
    if (!start.isOpen.includes(true)) return found;
    const past = followed({
      ...start,
      carried: start.carried.map((value, n) => (start.isOpen[n] ? NaN : value)),
      isGiven: start.isGiven.map((given, n) => given && !start.isOpen[n]),
    });
    const isBetter = values.map((_, n) => past.follows[n] && (!found.follows[n] || (found.rests[n] && !past.rests[n])));
    return merged(found, past, isBetter);
  };

  // Zeros and wild values to which the own work does not lead carry nothing forward.
  const settled = (wanted, isDoubtful) => {
    const begin = startAt(values, wanted, isBlank), first = followed(begin);
    const isIgnored = values.map(() => false), isOpen = () => isIgnored.map((ignored, n) => ignored || isBlank[n]);
    let found = first;
    for (;;) {
      const more = isDoubtful.map((doubtful, n) => doubtful && !found.follows[n] && !isIgnored[n]);
      if (!more.includes(true)) break;
      more.forEach((now, n) => { isIgnored[n] ||= now; });
      // Without an ignored value, others to which it led may not be led to any more.
      found = followed(startAt(values, wanted, isOpen()));
    }
    found = kinderPastBlanks(startAt(values, wanted, isOpen()), found);
    const isWild = isIgnored.some((ignored, n) => ignored && values[n] !== 0);
    if (isIgnored.includes(true) && !isWild) {
      const carrying = kinderPastBlanks(begin, first);
      if (count(carrying.follows) > count(found.follows)) {
        isIgnored.fill(false);
        found = carrying;
      }
    }
    return { found, isIgnored, followsAll: first.follows };
  };

  // What later work may have started from by another route; null where that is nothing else.
  const instead = (route, start, follows) => {
    const carried = start.carried.slice(), isGiven = start.isGiven.slice(), isUnsound = start.isUnsound.slice();
    const isSettled = start.isSettled.slice();
    let isSwapped = false;
    if (route.source === null) {
      for (const n of route.equal[0]) {
        if (follows[n] || writing.isRight[n] || start.isGiven[n] || !Number.isFinite(carried[n])) continue;
        carried[n] = NaN;
        isSwapped = true;
      }
    } else {
      for (const places of route.equal) {
        places.forEach((n, at) => {
          const from = route.source[at];
          // A wild value that carries nothing forward does not do so by another route.
          const other = start.isGiven[from] ? NaN : values[from];
          const isSame = Math.abs(carried[n] - other) <= writing.half[n];
          if (!Number.isFinite(other) || isSame) return;
          isSwapped = true;
          carried[n] = other;
          isGiven[n] = writing.isRight[from];
          isUnsound[n] = !writing.isRight[from];
        });
      }
    }
    route.settled.flat().forEach((n) => { isSettled[n] = true; });
    return isSwapped ? { carried, isGiven, isSettled, isOpen: start.isOpen, isUnsound } : null;
  };

  // Where quantities are always equal: what follows from the one from which the student has gone on.
  const byOtherRoutes = (start, found) => {
    let firstOpen = 0;
    for (;;) {
      const isLost = values.map((value, n) => Number.isFinite(value) && !found.follows[n] && !start.isSettled[n]);
      const hasGaps = hasBlanks || start.carried.some(isNone);
      const open = paper.routes.map((route, at) => [route, at]).filter(([route, at]) => at >= firstOpen
        && (route.next.some((n) => isLost[n]) || (hasGaps && route.behind.some((n) => isLost[n]))));
      let taken = null;
      for (const [route, at] of open) {
        const begin = instead(route, start, found.follows);
        if (!begin) continue;
        const again = merged(kinderPastBlanks(begin, followed(begin)), found, begin.isSettled);
        if (count(again.follows) <= count(found.follows)) continue;
        taken = [at, begin, again];
        break;
      }
      if (!taken) return { start, found };
      firstOpen = taken[0] + 1;
      [, start, found] = taken;
    }
  };

  return { settled, byOtherRoutes };
};
