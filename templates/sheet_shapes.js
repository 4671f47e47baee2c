// Reads shapes of matrices as the marker does: `grammar` is made from the marker's own tables.
function shapeReader(grammar, { trimmed, plain, words, foreign }) {
  const { most, axes, pairs } = grammar.shape, whole = (pattern) => new RegExp("^(?:" + pattern + ")$");
  const sizes = grammar.shape.sizes.map(whole), numbers = grammar.shape.numbers.map(whole), number = whole(grammar.shape.number);

  // What stands in the brackets, or the whole where there are none; null where they do not match.
  const inside = (body) => {
    const pair = pairs.find(([opening]) => opening === body[0]);
    if (pair) return body.length > 1 && body.at(-1) === pair[1] ? body.slice(1, -1).trim() : null;
    return pairs.some(([, closing]) => closing === body.at(-1)) ? null : body;
  };

  // The sizes of the axes, or the reason why they cannot be read.
  const read = (text) => {
    const typed = trimmed(trimmed(text).replace(/^'/, ""));
    if (!typed) return { reason: "blank" };
    if (Array.from(typed).length > most) return { reason: "too_long" };
    const inner = inside(words(plain(typed)).join(" "));
    if (inner === null) return { reason: "brackets" };
    if (sizes.some((pattern) => pattern.test(inner))) {
      const found = inner.match(/[0-9]+/g).map(Number);
      if (found.length > axes || (found.length === 1 && !inner.endsWith(","))) return { reason: "not_a_shape" };
      return Math.min(...found) > 0 ? { reason: "", sizes: found } : { reason: "not_whole" };
    }
    const isNumbers = numbers.some((pattern) => pattern.test(inner)) && !number.test(inner);
    return { reason: isNumbers ? "not_whole" : "not_a_shape" };
  };

  return (text) => ({ ...read(text), char: foreign(text) });
}
