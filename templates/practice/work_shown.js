// Which entries show work on this paper, and what follow-through is therefore paid, in hundredths.
const MOST_WITHOUT_WORK = 0.5, BEHIND_SLIPS = 1, NOTHING = 2.5, FEW = 1 / 10, LEAST_FEW = 2, ENOUGH_WORK = 0.5, MOSTLY = 0.75;
const HUNDREDTHS = 100;

const hundredths = (part) => Math.floor(Math.min(1, Math.max(0, part)) * HUNDREDTHS + 1e-9);
const total = (numbers) => numbers.reduce((sum, one) => sum + one, 0);

// What needs no calculation: 0, a limit of its activation, or a number that an entry is computed from.
const freeValues = (paper, givens, values, marked) => {
  const areNear = (targets, numbers) => targets.map((target, n) => {
    const isNear = (free) => Math.abs(target - free) <= marked.tolerance[n];
    return paper.limits[n].some(isNear) || paper.sources[n].some(([q, e]) => isNear(numbers[q][e]));
  });
  const written = paper.asQuantities(marked.carried, NaN);
  paper.printed(marked.solved).forEach((numbers, q) => written.set(q, numbers));
  const inWork = paper.graph.evaluate(givens, written).values;
  return {
    follows: areNear(marked.own, inWork), written: areNear(values, inWork), right: areNear(marked.reference, marked.solved),
  };
};

const rightOfItself = (marked, values) => values.map((value, n) => {
  const off = Math.abs(value - marked.reference[n]);
  const isShort = marked.outcome[n] === OUTCOME.imprecise && off <= marked.half[n] * tenTo(marked.missing[n]);
  return off <= marked.half[n] || marked.outcome[n] === OUTCOME.correct || isShort;
});

const paidShares = (paper, givens, submitted, marked, isNamed, marks) => {
  const { values } = submitted, all = values.map((_, n) => n);
  const share = all.map(() => HUNDREDTHS), why = all.map(() => "");
  const isRight = rightOfItself(marked, values);
  const isPaid = (n) => marked.outcome[n] === OUTCOME.follow_through || marked.outcome[n] === OUTCOME.imprecise;
  const follows = all.map((n) => isPaid(n) && !isRight[n]);
  const isZero = values.map((value) => value === 0), isWritten = values.map(Number.isFinite);

  const mayBeHeldBack = () => {
    const ofRight = total(all.map((n) => (isRight[n] && !isZero[n] ? marks[n] : 0)));
    const ofFollowing = total(all.map((n) => (follows[n] ? marks[n] : 0)));
    const there = paper.starting.filter((n) => isWritten[n]).length;
    const right = paper.starting.filter((n) => isRight[n] && !isZero[n]).length;
    return ofFollowing > MOST_WITHOUT_WORK * ofRight || (right < MOSTLY * there && marks.some((one) => one > 0));
  };
  if (!mayBeHeldBack()) return { share, why };

  const free = freeValues(paper, givens, values, marked), earns = all.map((n) => marks[n] > 0);
  const named = all.map((n) => isNamed[n] && !free.written[n]);
  const readsWork = readsWorkOf(paper, all.map((n) => isRight[n] && !isZero[n]),
    all.map((n) => ((follows[n] || named[n]) && !isZero[n]) || (isRight[n] && isZero[n])), values.map(isNone));
  const isWork = all.map((n) => {
    const explained = (follows[n] && !free.follows[n] && earns[n]) || named[n];
    return ((isRight[n] && earns[n]) || (explained && readsWork[n])) && !isZero[n];
  });
  const started = startedShare(paper, isWork, isWritten, all.map((n) => isRight[n] && free.right[n]));
  const [hasSlips, most] = slipsOf(paper, marked, values, named, started);
  const isIdle = started < ENOUGH_WORK && !hasSlips;
  const noWork = all.map((n) => {
    const isMadeUp = free.follows[n] || !(readsWork[n] || hasSlips);
    return earns[n] && ((follows[n] && isMadeUp) || (isRight[n] && isZero[n] && isIdle));
  });
  const part = hundredths(hasSlips ? 1 : started / ENOUGH_WORK);
  const earned = all.map((n) => marks[n] * (follows[n] ? part : HUNDREDTHS));
  const without = total(all.map((n) => (noWork[n] ? earned[n] : 0)));
  const factor = hundredths(without > 0 ? (most * (total(earned) - without)) / Math.max(without, 1e-300) : 1);
  all.forEach((n) => {
    const whole = follows[n] ? part : HUNDREDTHS;
    share[n] = noWork[n] ? Math.floor((whole * factor) / HUNDREDTHS) : whole;
    if (share[n] === HUNDREDTHS) return;
    if (isRight[n] && isZero[n]) why[n] = "zero";
    else if (follows[n] && free.follows[n]) why[n] = "no_work";
    else why[n] = noWork[n] ? "made_up" : "not_started";
  });
  return { share, why };
};

// Whether so few answers are wrong of themselves, and have no name, that they are slips; and what entries without work
// then pay at most.
const slipsOf = (paper, marked, values, named, started) => {
  const slips = values.map((_, n) => n).filter((n) => marked.outcome[n] === OUTCOME.wrong && Number.isFinite(values[n]) && !named[n]);
  // Whoever writes 0, or as good as 0, where there is something has hardly slipped; but a unit that jumps may say so.
  const idle = slips.filter((n) => Math.abs(values[n]) <= NOTHING * marked.half[n] && !paper.jumps.includes(n)).length;
  const written = values.filter(Number.isFinite).length;
  const isFew = slips.length <= 1 || (started > 0 && slips.length <= Math.max(LEAST_FEW, FEW * written));
  return [isFew && idle <= 1, isFew && idle === 0 ? BEHIND_SLIPS : MOST_WITHOUT_WORK];
};

// Whether an entry is computed from the paper's numbers only, or also from an answer that shows work.
const readsWorkOf = (paper, isRight, isExplained, isBlank) => {
  const [right, explained, blank] = [[isRight, false], [isExplained, false], [isBlank, true]]
    .map(([flags, unasked]) => paper.asQuantities(flags, unasked));
  const shows = new Map(), madeUp = new Map(), reads = new Map();
  for (const q of paper.graph.derived) {
    if (paper.shown.has(q)) continue;
    let isShown = paper.graph.restsOn(q, shows), isMadeUp = paper.graph.restsOn(q, madeUp);
    if (right.has(q)) {
      const read = isShown, wasMadeUp = isMadeUp;
      reads.set(q, read);
      const written = read.map((flag, e) => right.get(q)[e] || (explained.get(q)[e] && flag));
      isShown = read.map((flag, e) => (blank.get(q)[e] ? flag && !wasMadeUp[e] : written[e]));
      isMadeUp = wasMadeUp.map((flag, e) => (blank.get(q)[e] ? flag : !written[e]));
    }
    shows.set(q, isShown);
    madeUp.set(q, isMadeUp);
  }
  return paper.fields.map(({ q, entry }, n) => reads.get(q)[entry] || !paper.readers[n].length);
};

// Of the entries that start from the paper's numbers and can tell, the share that is work.
const startedShare = (paper, isWork, isWritten, saysNothing) => {
  const isPassed = isWritten.map(() => false);
  paper.readers.forEach((reads, n) => { if (isWritten[n]) reads.forEach((other) => { isPassed[other] ||= !isWritten[other]; }); });
  const telling = paper.starting.filter((n) => (isWritten[n] && !saysNothing[n]) || isPassed[n]).length;
  const work = paper.starting.filter((n) => isWork[n] && !saysNothing[n]).length;
  return telling > 0 ? work / telling : 1;
};
