// Chooses the names of what explains wrong answers, entry by entry: first what is held throughout, then what is held in
// a part of the work only, then two misconceptions in one number.
const PARTLY = 2, TOGETHER = "+";

// The versions of a paper's misconceptions; graphs are made when they are first asked for.
const versionsOf = (paper, names) => {
  const made = (name, whole, rules) => {
    let graph = null;
    return { name, whole, changed: new Set(rules.keys()), get graph() { return (graph ??= paper.graph.rewired(rules)); } };
  };
  const rulesOf = paper.versions.map(([, at]) => paper.changesAt(at));
  const whole = paper.versions.map(([name], number) => made(name, number, rulesOf[number])).slice(0, paper.tried);
  const parts = paper.parts.map(([number, changed]) => {
    const [name] = paper.versions[number], rules = new Map(changed.map((q) => [q, rulesOf[number].get(q)]));
    const [inFull, inGaps] = paper.reachedFrom(new Set(changed));
    return { part: made(name, number, rules), inFull, inGaps, isDistinct: names[name].is_distinct };
  });
  return { whole, parts };
};

const namesOf = (paper, names, versions, values, isWrong, works) => {
  const { work, gapped } = works, tried = [...versions.whole];
  const bits = values.map(() => new Set()), version = values.map(() => -1), isPair = values.map(() => false);
  const isUnnamed = (n) => isWrong[n] && !bits[n].size;
  const all = values.map((_, n) => n);

  // Puts names on entries that have none; `first` is the place of the first of the candidates among all that are tried.
  const explain = (first, candidates, least) => {
    const left = new Set(all.filter(isUnnamed));
    const found = candidates.map((one) => triedVersion(work, gapped, one, false));
    const explained = ({ fits }) => [...fits].filter((n) => left.has(n));
    const isCredible = found.map((one, at) => {
      const speaksFor = first ? explained(one).length : one.fits.size;
      // By chance a part may fit a few entries of many that it would change; who holds it has most of them so.
      return speaksFor > one.against && speaksFor >= least[at] && (!first || 2 * speaksFor > one.places);
    });
    for (;;) {
      // Of two that explain as much, the one that less speaks against, and then that more of what is right needs.
      const scores = found.map((one, at) => {
        const count = isCredible[at] ? explained(one).length : 0;
        return count ? [count, -one.against, one.supporting] : null;
      });
      const isMore = (one, other) => {
        const at = one.findIndex((part, place) => part !== other[place]);
        return at >= 0 && one[at] > other[at];
      };
      const best = scores.reduce((most, one) => (one && (!most || isMore(one, most)) ? one : most), null);
      if (!best) break;
      const chosen = found.flatMap((one, at) => (scores[at] && !isMore(best, scores[at]) ? [[at, explained(one)]] : []));
      const done = new Set();
      for (const [at, byThis] of chosen) {
        const { name } = candidates[at];
        byThis.forEach((n) => done.add(n));
        // Seen in one of several places only, it looks like a lost sign.
        if (names[name].is_lost_sign && byThis.length === 1 && found[at].places > 1) continue;
        byThis.forEach((n) => {
          bits[n].add(name);
          if (version[n] < 0) version[n] = first + at;
        });
      }
      done.forEach((n) => left.delete(n));
    }
  };

  const explainParts = () => {
    const unnamed = all.filter(isUnnamed);
    if (unnamed.length < (paper.is_short ? 1 : PARTLY)) return;
    const hasGaps = work.hasGaps || values.some(isNone);
    const chosen = versions.parts.map(({ part, inFull, inGaps, isDistinct }) => {
      const least = paper.is_short && isDistinct ? 1 : PARTLY, reached = new Set(hasGaps ? inGaps : inFull);
      return { part, least, isReached: unnamed.filter((n) => reached.has(n)).length >= least };
    }).filter(({ isReached }) => isReached);
    if (!chosen.length) return;
    const first = tried.length;
    tried.push(...chosen.map(({ part }) => part));
    explain(first, tried.slice(first), chosen.map(({ least }) => least));
  };

  const explainPairs = () => {
    const alone = all.filter((n) => bits[n].size === 1 && !isPair[n]).map((n) => version[n]);
    const held = [...new Set(alone)].sort((one, other) => one - other);
    held.forEach((one, at) => held.slice(at + 1).forEach((other) => {
      if (tried[one].name === tried[other].name || !all.some(isUnnamed)) return;
      const together = pairsOf(paper, tried[one], tried[other]);
      const open = all.filter(isUnnamed), first = tried.length;
      tried.push(...together);
      together.forEach((pair, number) => {
        const { fits } = triedVersion(work, gapped, pair, true);
        open.filter((n) => fits.has(n)).forEach((n) => {
          if (!bits[n].size) version[n] = first + number;
          [tried[one].name, tried[other].name].forEach((name) => bits[n].add(name));
          isPair[n] = true;
        });
      });
    }));
  };

  if (tried.length) {
    explain(0, tried, tried.map(() => 1));
    explainParts();
    explainPairs();
  }
  const label = (n) => [...bits[n]].sort((one, other) => one - other)
    .map((name) => names[name].name).join(isPair[n] ? TOGETHER : "|");
  return { labels: all.map(label), version, tried };
};
