// Names the misconceptions behind wrong answers.
const diagnose = (paper, names, versions, givens, submitted, marked) => {
  const { values } = submitted;
  const isWrong = marked.outcome.map((code, n) => code === OUTCOME.wrong && Number.isFinite(values[n]) && !marked.followsIgnored[n]);
  const nothing = values.map(() => false), nobody = { labels: values.map(() => ""), version: values.map(() => -1), tried: [] };
  const workWith = (gaps) => causeWork(paper, givens, values, marked, isWrong, gaps);
  const isBlank = values.map(isNone);
  const works = () => {
    const hasOpen = marked.carried.some(isNone) || paper.asked.some((q) => !paper.isAskedWhole(q));
    const work = { ...workWith(nothing), hasGaps: hasOpen };
    return { work, gapped: isBlank.includes(true) ? workWith(isBlank) : null };
  };
  const found = isWrong.includes(true) ? namesOf(paper, names, versions, values, isWrong, works()) : nobody;
  const isMinus = (n) => [marked.own[n], marked.reference[n]].some(
    (one) => Math.abs(values[n] + one) <= marked.tolerance[n] && Math.abs(one) > marked.tolerance[n],
  );
  return { ...found, isSign: values.map((_, n) => isWrong[n] && !found.labels[n] && isMinus(n)) };
};
