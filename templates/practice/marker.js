// Marks sheets as the marker does: outcomes, causes, what is paid, and a sentence for each entry.
const OUTCOME_NAMED = 6;  // behind the outcomes: wrong, by a misconception

const numberMarker = (runner, table, policy, names) => {
  const paper = paperOf(runner, table), versions = versionsOf(paper, names);
  return ({ givens, solved = null }, submitted) => {
    let marked = markEntries(paper, givens, solved, submitted, policy);
    const diagnosis = diagnose(paper, names, versions, givens, submitted, marked);
    if (policy.follow_through !== "off" && policy.follow_through_cause) {
      marked = followingCauses(paper, names, givens, submitted, marked, diagnosis);
    }
    const { labels, isSign } = diagnosis, isNamed = labels.map(Boolean);
    // Whole multiples of the smallest mark.
    const units = marked.outcome.map((code, n) => {
      const isOff = code === OUTCOME.follow_through && policy.follow_through === "off";
      const settled = isOff ? OUTCOME.wrong : code;
      return paper.units[n][settled === OUTCOME.wrong && isNamed[n] ? OUTCOME_NAMED : settled];
    });
    const paid = paidShares(paper, givens, submitted, marked, isNamed, units.map((one) => one / policy.parts));
    return { ...marked, labels, isSign, ...paid, units: units.map((one, n) => Math.floor((one * paid.share[n]) / HUNDREDTHS)) };
  };
};

// Marks the questions of a page, each from the texts in its boxes; what is made once is made when it is first needed.
const pageMarker = (data) => {
  const runner = tapeRunner(data), reader = numberReader(data.grammar);
  const made = data.questions.map(() => null);

  const make = (table) => {
    const comments = commentsOf(data, table);
    const numbers = table.numbers && numberMarker(runner, table.numbers, data.policy, data.names);
    return { comments, numbers, others: otherMarker(data, table, comments) };
  };

  const marksOfNumbers = (table, { comments, numbers }, variant, texts) => {
    const submitted = submittedOf(reader, texts);
    const marked = numbers(table.variants[variant], submitted);
    const said = comments.ofNumbers(marked, submitted, table.numbers.fields.map(([, , digits]) => ({ digits })));
    return texts.map((text, n) => ({
      outcome: marked.outcome[n], label: marked.labels[n], units: marked.units[n], why: marked.why[n],
      comment: marked.outcome[n] === OUTCOME.unreadable ? comments.unread(reader, text, submitted.reasons[n]) : said[n],
    }));
  };

  // A verdict for each field of a question; null for one that the page cannot mark.
  const mark = (question, variant, texts) => {
    const table = data.questions[question], marker = (made[question] ??= make(table)), places = table.number_places;
    const found = texts.map((text, place) => (table.others[place] ? marker.others(place, text) : null));
    if (places.length) {
      marksOfNumbers(table, marker, variant, places.map((place) => texts[place])).forEach((one, n) => { found[places[n]] = one; });
    }
    return found;
  };

  return { mark };
};
