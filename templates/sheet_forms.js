// What reads the answers that are no numbers; `grammar` has the marker's tables for the kinds of the page.
function typedCharacters(grammar) {
  const { before, ones, raised } = grammar, behind = before + grammar.behind;
  const leftOut = new Set(grammar.left_out);

  const trimmed = (text) => {
    let begin = 0, end = text.length;
    while (begin < end && before.includes(text[begin])) begin++;
    while (begin < end && behind.includes(text[end - 1])) end--;
    return text.slice(begin, end);
  };

  // Raised signs are plain ones in numbers only.
  const plainOne = (char) => {
    const place = raised[0].includes(char) ? -1 : ones[0].indexOf(char);
    return place < 0 ? char : ones[1][place];
  };

  const plain = (text) => Array.from(text, plainOne).join("");
  const words = (text) => Array.from(text, (char) => (grammar.spaces.includes(char) ? " " : char)).join("").split(/ +/).filter(Boolean);

  // The first character that no keyboard has and that stands for none, in an answer that looks right.
  const foreign = (text) => Array.from(text).length > grammar.looks_right ? ""
    : Array.from(plain(trimmed(text))).find((char) => char > "\x7f" && !grammar.spaces.includes(char)) ?? "";

  const folded = (text) => words(plain(Array.from(text.normalize("NFKC")).filter((char) => !leftOut.has(char)).join("")).toLowerCase()).join(" ");

  return { trimmed, plainOne, plain, words, foreign, folded };
}

// By kind of box, what reads it.
function formReaders(grammar) {
  const characters = typedCharacters(grammar), readers = {};
  if (grammar.shape) readers.shape = shapeReader(grammar, characters);
  if (grammar.choice) readers.choice = choiceReader(grammar, characters);
  if (grammar.formula) readers.formula = formulaReader(grammar, characters);
  return readers;
}
