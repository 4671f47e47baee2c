// Reads a saved answers.csv back, also one that a spreadsheet has saved anew with other delimiters.
const readSaved = (text) => {
  const body = text.replace(/^\ufeff/, ""), first = body.split(/\r|\n/, 1)[0];
  const counts = [",", ";", "\t"].map((sign) => [first.split(sign).length, sign]);
  const delimiter = counts.reduce((one, other) => (other[0] > one[0] ? other : one))[1];
  const lines = [];
  let cells = [], cell = "", isQuoted = false;
  const end = () => { cells.push(cell); cell = ""; };
  for (let at = 0; at < body.length; at += 1) {
    const char = body[at];
    if (isQuoted) {
      if (char !== '"') cell += char;
      else if (body[at + 1] === '"') { cell += char; at += 1; } else isQuoted = false;
    } else if (char === '"' && cell === "") isQuoted = true;
    else if (char === delimiter) end();
    else if (char === "\n") { end(); lines.push(cells); cells = []; }
    else if (char !== "\r") cell += char;
  }
  if (cell || cells.length) { end(); lines.push(cells); }
  const titles = (lines.shift() ?? []).map((title) => title.trim().toLowerCase());
  const places = ["exam", "variant", "student", "question", "field", "answer"].map((title) => titles.indexOf(title));
  if (places.includes(-1)) return null;
  return lines.filter((line) => line.length > 1).map((line) => {
    const [exam, variant, student, question, field, answer] = places.map((place) => line[place] ?? "");
    return { exam, variant, student, question, field, answer };
  });
};
