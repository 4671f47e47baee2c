// Graphs of quantities: what they compute, from what a student wrote, by other rules, and how far rounding moves them.
// Quantities are numbers, and their values arrays of entries. A rule is a tape and what it reads; a given has none.
const graphMaker = (runner, sizes) => {
  const isOpen = (written, q) => written.has(q) && written.get(q).some(Number.isNaN);

  const make = (rules, all) => {
    const derived = all.filter((q) => rules[q]);
    const inputs = rules.map((rule) => (rule ? rule.slice(1) : []));
    const place = new Map(all.map((q, at) => [q, at]));

    const compute = (q, seen) => runner.run(rules[q][0], inputs[q].map(seen));

    // What was written stands for what was computed, but where it is no number.
    const after = (own, answers) => own.map((value, entry) => (Number.isNaN(answers[entry]) ? value : answers[entry]));

    const evaluate = (givens, written = new Map()) => {
      const values = [], computed = [];
      for (const q of all) {
        computed[q] = rules[q] ? compute(q, (input) => values[input]) : givens[q];
        values[q] = written.has(q) ? after(computed[q], written.get(q)) : computed[q];
      }
      return { values, computed };
    };

    // What is computed otherwise by this graph than in `base`, where some quantities are rewired.
    const reevaluate = (base, changed, written) => {
      const moved = new Map(), seen = new Map();
      const value = (input) => seen.get(input) ?? base.values[input];
      for (const q of derived) {
        if (!changed.has(q) && !inputs[q].some((input) => seen.has(input))) continue;
        const own = compute(q, value);
        moved.set(q, own);
        if (!written.has(q)) seen.set(q, own);
        else if (isOpen(written, q)) seen.set(q, after(own, written.get(q)));
      }
      return moved;
    };

    // Names of what some quantities are computed from, as far back as to what stops it.
    const sources = (targets, stops) => {
      const found = new Set();
      for (const q of [...derived].reverse()) {
        if (targets.has(q) || (found.has(q) && !stops.has(q))) inputs[q].forEach((input) => found.add(input));
      }
      return found;
    };

    // Some quantities, and all that is computed from them; what stops it is reached and hands nothing on.
    const reached = (changed, stops) => {
      const found = new Set(changed), live = new Set([...changed].filter((q) => !stops.has(q)));
      for (const q of derived) {
        if (!inputs[q].some((input) => live.has(input))) continue;
        found.add(q);
        if (!stops.has(q)) live.add(q);
      }
      return found;
    };

    // The quantities that hang on one, in order, as far as to what is written.
    const way = (source, written) => {
      const live = new Set([source]), found = [];
      for (const q of derived) {
        if (!inputs[q].some((input) => live.has(input))) continue;
        found.push(q);
        if (!written.has(q) || isOpen(written, q)) live.add(q);
      }
      return found;
    };

    // Adds to `bands` what half a unit in each entry of one quantity does, up or down.
    const addBands = (bands, base, source, half, written) => {
      if (!half.some((one) => one !== 0)) return;
      const reached = way(source, written), start = base.values[source];
      const movedBy = (entry, step) => {
        const seen = new Map([[source, start.map((value, at) => (at === entry ? value + step : value))]]);
        const value = (input) => seen.get(input) ?? base.values[input];
        return reached.map((q) => {
          const own = compute(q, value);
          if (!written.has(q)) seen.set(q, own);
          else if (isOpen(written, q)) seen.set(q, after(own, written.get(q)));
          // What cannot be computed must not widen a band.
          return own.map((one, at) => {
            const change = Math.abs(one - base.computed[q][at]);
            return Number.isFinite(change) ? change : 0;
          });
        });
      };
      half.forEach((step, entry) => {
        if (step === 0) return;
        const above = movedBy(entry, step), below = movedBy(entry, -step);
        reached.forEach((q, number) => {
          const band = bands[q];
          if (band) above[number].forEach((change, at) => { band[at] += Math.max(change, below[number][at]); });
        });
      });
    };

    // Whether each entry of a quantity reads an entry that is marked; `marked` has flags by quantity.
    const restsOn = (q, marked) => {
      const found = new Array(sizes[q]).fill(false);
      inputs[q].forEach((input, number) => {
        marked.get(input)?.forEach((flag, entry) => {
          if (flag) runner.links(rules[q][0])[number][entry].forEach((reads, at) => { found[at] ||= reads; });
        });
      });
      return found;
    };

    // The same graph with other rules for some quantities; null where these would read one another in a circle.
    const rewired = (changes) => {
      const others = rules.slice();
      for (const [q, rule] of changes) others[q] = rule;
      const pairs = [...changes.keys()].flatMap((q) => others[q].slice(1).map((input) => place.get(input) - place.get(q)));
      if (pairs.every((ahead) => ahead < 0)) return make(others, all);
      const order = inOrder(others, all);
      return order && make(others, order);
    };

    const readsOf = (q) => inputs[q].map((input, number) => [input, runner.links(rules[q][0])[number]]);

    return { rules, all, derived, inputs, place, compute, evaluate, reevaluate, sources, reached, addBands, restsOn, rewired, readsOf };
  };

  // The quantities in their order, each behind those that it reads.
  const inOrder = (rules, all) => {
    const done = new Set(), open = new Set(), order = [];
    const put = (q) => {
      if (done.has(q)) return true;
      if (open.has(q)) return false;
      open.add(q);
      if (!(rules[q] ?? [0]).slice(1).every(put)) return false;
      open.delete(q);
      done.add(q);
      return Boolean(order.push(q));
    };
    return all.every(put) ? order : null;
  };

  return { make, isOpen };
};
