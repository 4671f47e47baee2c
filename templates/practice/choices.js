// Marks what asks for no number: the letters of options, and shapes. A formula is not marked in the page.
const otherMarker = (data, table, comments) => {
  const readShape = shapeReader(data.grammar, typedCharacters(data.grammar));

  const verdict = (outcome, comment = "", label = "") => ({ outcome: OUTCOME[outcome], comment, label });

  const markShape = (right, text) => {
    const { sizes: found, reason } = readShape(text);
    if (reason === "blank") return verdict("blank", data.sentences.blank);
    if (reason) return verdict("unreadable", data.shape_reasons[reason]);
    if (found.join() === right.join()) return verdict("correct");
    if (found.join() === [...right].reverse().join()) return verdict("wrong", data.sentences.shape_swapped);
    return verdict("wrong", found.length !== right.length ? data.sentences.shape_two : "");
  };

  // `text` has the letters of the options that are chosen.
  const markChoice = ({ right, causes }, text) => {
    if (!text) return verdict("blank", data.sentences.blank);
    const chosen = Array.from(text, (letter) => letter.charCodeAt(0) - 97);
    if (chosen.length === right.length && chosen.every((place) => right.includes(place))) return verdict("correct");
    const wrong = chosen.filter((place) => !right.includes(place)).sort((one, other) => one - other);
    const label = [...new Set(wrong.map((place) => causes[place]).filter(Boolean))].join("+");
    return verdict("wrong", label ? comments.mistakes(label, "looks") : "", label);
  };

  return (place, text) => {
    const asked = table.others[place];
    const found = asked.as === "shape" ? markShape(asked.right, text) : markChoice(asked, text);
    const isNamed = found.label && found.outcome === OUTCOME.wrong;
    return { ...found, units: asked.units[isNamed ? OUTCOME_NAMED : found.outcome] };
  };
};
