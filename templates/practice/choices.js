// Marks what asks for no number: the letters of options, and shapes. A formula is not marked in the page.
const otherMarker = (data, table, comments) => {
  const { shapes } = data, { before, behind } = data.grammar;
  const whole = (pattern) => new RegExp("^(?:" + pattern + ")$");
  const sizes = shapes.sizes.map(whole), numbers = shapes.numbers.map(whole), single = whole(shapes.number);
  const trimmed = (text) => {
    const chars = Array.from(text);
    while (chars.length && before.includes(chars[0])) chars.shift();
    while (chars.length && behind.includes(chars.at(-1))) chars.pop();
    return chars.join("");
  };
  const plain = (text) => Array.from(text, (char) => {
    const place = shapes.plain[0].indexOf(char);
    return place < 0 ? char : shapes.plain[1][place];
  }).join("");

  // What stands in the brackets, or the whole where there are none; null where they do not match.
  const inside = (body) => {
    const place = "([{".indexOf(body[0]);
    if (place >= 0) return body.at(-1) === ")]}"[place] ? body.slice(1, -1).trim() : null;
    return ")]}".includes(body.at(-1)) ? null : body;
  };

  // The sizes of the axes, or the reason why they cannot be read.
  const readShape = (text) => {
    const typed = trimmed(trimmed(text).replace(/^'/, ""));
    if (!typed) return { reason: "blank" };
    if (Array.from(typed).length > shapes.most) return { reason: "too_long" };
    const body = plain(typed).split(/\s+/).filter(Boolean).join(" "), inner = inside(body);
    if (inner === null) return { reason: "brackets" };
    if (sizes.some((pattern) => pattern.test(inner))) {
      const found = inner.match(/[0-9]+/g).map(Number);
      if (found.length > shapes.axes || (found.length === 1 && !inner.endsWith(","))) return { reason: "not_a_shape" };
      return found.every((size) => size > 0) ? { sizes: found } : { reason: "not_whole" };
    }
    const isNumbers = numbers.some((pattern) => pattern.test(inner)) && !single.test(inner);
    return { reason: isNumbers ? "not_whole" : "not_a_shape" };
  };

  const verdict = (outcome, comment = "", label = "") => ({ outcome: OUTCOME[outcome], comment, label });

  const markShape = (right, text) => {
    const { sizes: found, reason } = readShape(text);
    if (reason === "blank") return verdict("blank", data.sentences.blank);
    if (reason) return verdict("unreadable", shapes.reasons[reason]);
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
