// Tries versions of misconceptions on a student's answers: what each explains, and what speaks against it.
const NEAR = 6, NEARBY = 5e-4, MOVED = 1e-9;

// The answers, what later work starts from, and what the right rules make of that; `gaps` are steps done in the head.
const causeWork = (paper, givens, values, marked, isWrong, gaps) => {
  const carried = marked.carried.map((value, n) => (gaps[n] ? NaN : value));
  const written = paper.asQuantities(carried, NaN);
  paper.printed(marked.solved).forEach((numbers, q) => written.set(q, numbers));
  const base = paper.graph.evaluate(givens, written);

  const look = (version) => {
    const moved = version.graph.reevaluate(base, version.changed, written);
    const found = [];
    for (const [q, numbers] of moved) {
      numbers.forEach((theirs, e) => {
        const n = paper.fieldAt[q][e];
        if (n < 0) return;
        const tolerance = marked.tolerance[n], off = Math.abs(values[n] - theirs), right = base.computed[q][e];
        // Where the wrong rule gives what the right ones give, as behind a gap, it explains and shows nothing.
        const isMoved = !(Math.abs(theirs - right) <= MOVED * Math.abs(right));
        const shown = isMoved && Math.abs(theirs - marked.own[n]) > 2 * tolerance && Number.isFinite(values[n]);
        const near = isMoved && isWrong[n] && off <= NEAR * tolerance + NEARBY * Math.abs(theirs);
        const isTheirs = off < Math.abs(values[n] - marked.own[n]) && off <= 2 * tolerance;
        const taken = shown && !isWrong[n];
        const against = taken && !isTheirs;
        found.push({ n, q, e, off, near, shown, against, spared: isMoved && !against, supporting: taken && isTheirs });
      });
    }
    return { moved, found };
  };

  // The tolerance around what a version gives, by target quantity.
  const bandsOf = (version, moved, targets) => {
    const closed = new Set([...written.keys()].filter((q) => !written.get(q).some(isNone)));
    const wanted = version.graph.sources(targets, closed);
    targets.forEach((q) => wanted.add(q));
    const computed = base.computed.map((numbers, q) => moved.get(q) ?? numbers);
    const seen = computed.map((numbers, q) => {
      const answers = written.get(q);
      return answers ? numbers.map((value, e) => (isNone(answers[e]) ? value : answers[e])) : numbers;
    });
    const coarse = paper.asQuantities(marked.coarse, 0);
    const { halves, moved: rounded } = halfUnits(paper, computed, { values: seen, computed }, wanted, coarse);
    const bands = paper.zeros();
    for (const q of version.graph.derived) {
      if (wanted.has(q)) version.graph.addBands(bands, { values: seen, computed }, q, rounded[q], written);
    }
    return new Map([...targets].map((q) => [q, halves[q].map((half, e) => half + bands[q][e])]));
  };

  // The fields whose wrong answers are within the version's band; half a unit is always allowed.
  const within = (version, { moved, found }, isTried) => {
    const inside = new Set();
    const open = found.filter(({ n, near, off }) => {
      const [isFigures, count] = paper.fields[n].digits;
      if (near && off <= (isFigures ? 0 : halfUnit(count))) inside.add(n);
      return near && !inside.has(n) && isTried;
    });
    if (open.length) {
      const bands = bandsOf(version, moved, new Set(open.map(({ q }) => q)));
      open.forEach(({ n, q, e, off }) => { if (off <= bands.get(q)[e]) inside.add(n); });
    }
    return inside;
  };

  return { base, written, look, within, bandsOf };
};

const fieldsWith = (look, flag) => look.found.filter((one) => one[flag]).map(({ n }) => n);

// What came of trying a version: what it explains, and how many answers speak for and against it.
const triedVersion = (work, gapped, version, allBands) => {
  const look = work.look(version), other = gapped?.look(version);
  let near = new Set(fieldsWith(look, "near")), against = new Set(fieldsWith(look, "against"));
  const places = new Set(fieldsWith(look, "shown")), supporting = fieldsWith(look, "supporting").length;
  if (other) {
    near = new Set([...near, ...fieldsWith(other, "near")]);
    // An answer speaks against a version if it does whichever way the gaps are seen.
    const spared = new Set(fieldsWith(look, "spared"));
    against = new Set(fieldsWith(other, "against").filter((n) => !spared.has(n)));
    fieldsWith(other, "shown").forEach((n) => places.add(n));
  }
  const mayBe = allBands || near.size > against.size;
  const fits = work.within(version, look, mayBe);
  if (other) gapped.within(version, other, mayBe).forEach((n) => fits.add(n));
  return { fits, against: against.size, supporting, places: places.size };
};
