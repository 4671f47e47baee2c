// The sentence beside each entry, as the marker writes it.
const filledIn = (text, details) => text.replace(/\{(\w+)\}/g, (whole, name) => details[name] ?? whole);

const commentsOf = ({ sentences, reasons, names, policy }, table) => {
  const byName = new Map(names.map((row) => [row.name, row]));
  const mistakes = (label, sentence) => {
    const said = (name) => (table.turned && byName.get(name).mistake_turned) || byName.get(name).mistake;
    const joined = (joint, texts) => texts.reduce((one, other) => filledIn(sentences[joint], { one, other }));
    const ways = label.split("|").map((way) => joined("and", way.split("+").map(said)));
    return filledIn(sentences[sentence], { mistakes: joined("or", ways) });
  };

  const unread = (reader, text, reason) => {
    const char = reader.fault(text, reason);
    if (!char) return reasons[reason];
    const code = "U+" + char.codePointAt(0).toString(16).toUpperCase().padStart(4, "0");
    return filledIn(sentences.character, { sentence: reasons[reason], character: code });
  };

  const ofNumbers = (marked, submitted, fields) => marked.outcome.map((code, n) => {
    const isWrong = code === OUTCOME.wrong, label = marked.labels[n], [isFigures, count] = fields[n].digits;
    const hasLost = isWrong || code === OUTCOME.imprecise;
    if (marked.share[n] < HUNDREDTHS) return filledIn(sentences[marked.why[n]], { share: marked.share[n] });
    if (policy.precision === "as_written" && hasLost && marked.missing[n] > 0 && submitted.digits[n] < policy.least_digits) {
      return filledIn(sentences.too_few_to_take, { count: policy.least_digits });
    }
    if (isWrong && marked.isFraction[n]) return sentences.whole;
    if (isWrong && marked.missing[n] > 1) return filledIn(sentences[isFigures ? "too_few_figures" : "too_few_decimals"], { count });
    if (isWrong && marked.restsOnWrong[n]) return sentences.follows_wrong;
    if (isWrong && marked.followsIgnored[n]) return sentences.follows_ignored;
    if (label) return mistakes(label, isWrong ? "looks" : "follows_cause");
    if (marked.isSign[n]) return sentences.sign;
    return { [OUTCOME.blank]: sentences.blank, [OUTCOME.imprecise]: sentences.imprecise, [OUTCOME.follow_through]: sentences.follow_through }[code] ?? "";
  });

  return { mistakes, unread, ofNumbers };
};
