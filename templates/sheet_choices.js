// Reads letters of options as the marker does: `grammar` is made from the marker's own tables.
function choiceReader(grammar, { trimmed, foreign, folded }) {
  const whole = (pattern) => new RegExp("^(?:" + pattern + ")$");
  const { most, options: mostOptions } = grammar.choice, between = new RegExp(grammar.choice.between);
  const letter = whole(grammar.choice.letter), several = whole(grammar.choice.several), alone = whole(grammar.choice.alone);
  const placeOf = (found) => found.charCodeAt(0) - 97;

  const one = (body, count) => {
    const found = letter.exec(body);
    if (found && placeOf(found[1]) < count) return "";
    return several.test(body) ? "several" : "not_an_option";
  };

  const reason = (text, count) => {
    const typed = trimmed(text);
    if (Array.from(typed).length > most) return "too_long_letters";
    const bare = folded(typed).replace(/^'+/, "");
    if (!bare) return "blank";
    if (!one(bare, count)) return "";
    const body = bare.replace(/^[{}[\] ]+|[{}[\] ]+$/g, "");
    const letters = alone.test(body) ? body.match(/[a-z]/g) : [];
    if (letters.length && new Set(letters).size === letters.length && letters.every((found) => placeOf(found) < count)) return "";
    const pieces = body.split(between);
    const areAll = pieces.length <= 2 * mostOptions && pieces.every((piece) => piece && !one(piece.replace(/^'+/, "").trim(), count));
    return areAll ? "" : "not_options";
  };

  return (text, count) => ({ reason: reason(text, count), char: foreign(text) });
}
