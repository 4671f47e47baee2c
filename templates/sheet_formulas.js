// Reads formulas as the marker does: `grammar` is made from the marker's own tables. Nothing is evaluated.
function formulaReader(grammar, { trimmed, plainOne }) {
  const { most, most_tokens: mostTokens, deepest, same, letters, lowered, signs, refused, unary, others, shown } = grammar.formula;
  const word = new RegExp(grammar.formula.word, "uy"), excel = new RegExp("^(?:" + grammar.formula.excel + ")$");
  const KINDS = ["space", "number", "name", "raised", "sign"];
  const functions = new Map([...unary.split(" ").map((key) => [key, { name: key, arity: 1, more: false }]),
    ...others.map(([key, name, arity, more]) => [key, { name, arity, more }])]);

  const stop = (reason, position, detail = "") => { throw { reason, position, detail }; };
  const pick = (table, char) => {
    const place = table[0].indexOf(char);
    return place < 0 ? char : table[1][place];
  };
  const low = (text) => Array.from(text ?? "", (char) => pick(lowered, char)).join("");
  const code = (char) => char.codePointAt(0).toString(16).padStart(4, "0");

  // A piece of what was typed in quotation marks, short and printable.
  const quoted = (text) => {
    const chars = Array.from(text), seen = (char) => (/[\p{C}\p{Z}]/u.test(char) && char !== " " ? "\\u" + code(char) : char);
    return '"' + chars.slice(0, shown).map(seen).join("") + (chars.length > shown ? "…" : "") + '"';
  };

  const told = (char) => quoted(char) + (/^[ -~]$/.test(char) ? "" : " (U+" + code(char).toUpperCase() + ")");

  // One character for one, so that positions stay.
  const plain = (char) => {
    const found = char.codePointAt(0) >= 0x1d400 && char.codePointAt(0) <= 0x1d7ff ? char.normalize("NFKC") : char;
    const other = pick(same, found);
    return other === found ? plainOne(found) : other;
  };

  const named = ({ core, marked, bare, units, primes }) => {
    const layer = low(marked ?? bare), ends = low(units);
    return Array.from(core, (char) => letters[char] ?? char).join("") + layer + (layer && ends ? "_" : "") + ends + primes;
  };

  const tokenize = (text) => {
    let body = trimmed(text);
    if (body.length > 1 && body[0] === "'") body = trimmed(body.slice(1));
    if (!body) stop("blank", 0);
    const offset = Array.from(text.slice(0, text.indexOf(body))).length, chars = Array.from(body);
    if (chars.length > most) stop("too_long", offset);
    if (excel.test(body)) stop("excel_error", offset);
    const line = chars.map(plain).join(""), found = [];
    const place = (at) => offset + Array.from(line.slice(0, at)).length;
    for (let at = 0; at < line.length; at = word.lastIndex) {
      word.lastIndex = at;
      const match = word.exec(line);
      if (!match) {
        const char = String.fromCodePoint(line.codePointAt(at));
        stop(refused[char] ?? "bad_char", place(at), told(char));
      }
      const kind = KINDS.find((one) => match.groups[one] !== undefined);
      const spelled = { number: () => match[0], name: () => named(match.groups), raised: () => low(match[0]), sign: () => signs[match[0]] ?? match[0] };
      if (kind !== "space") found.push({ kind, text: spelled[kind](), position: place(at) });
      if (found.length > mostTokens) stop("too_long", place(word.lastIndex));
    }
    return [...found, { kind: "end", text: "", position: offset + chars.length }];
  };

  const keyOf = (name) => name.toLowerCase().replaceAll("_", "");
  const isWord = (text) => /^[A-Za-z]+$/.test(text);

  const parse = (tokens, symbols) => {
    let place = 0, depth = 0;
    const next = () => tokens[place];
    const take = () => tokens[place].kind === "end" ? tokens[place] : tokens[place++];
    const fail = (reason, token) => stop(reason, token.position, quoted(token.text));
    const isSign = (...texts) => next().kind === "sign" && texts.includes(next().text);

    const deeper = (token, read) => {
      depth += 1;
      if (depth > deepest) fail("too_deep", token);
      read();
      depth -= 1;
    };

    const chain = (operators, operand) => {
      operand();
      while (isSign(...operators)) { take(); operand(); }
    };
    const sum = () => chain(["+", "-"], term);
    const term = () => chain(["*", "/"], signed);
    const signed = () => {
      while (isSign("+", "-")) take();
      power();
    };

    const power = () => {
      atom();
      while (next().kind === "raised") number(take());
      if (next().text === "^") deeper(take(), signed);
    };

    const atom = () => {
      const token = take();
      if (token.kind === "number") number(token);
      else if (token.kind === "name") name(token);
      else if (token.text === "(") { deeper(token, sum); close(token); }
      else fail(token.kind === "end" ? "incomplete" : "misplaced", token);
    };

    const number = (token) => { if (!Number.isFinite(Number(token.text))) fail("overflow", token); };

    const name = (token) => {
      if (known(token)) return;
      if (isSign("(")) call(token);
      else if (token.text !== "e") fail(functions.has(keyOf(token.text)) ? "needs_brackets" : "unknown_symbol", token);
    };

    // Whether a symbol has this spelling, with the words behind it that belong to it: the layer as a raised number, or
    // the rest of a derivative.
    const known = (token) => {
      if (symbols.has(token.text)) return true;
      const following = tokens.slice(place, place + 3), [first, second, third] = following;
      const counts = [];
      if (first.text === "/" && following.length > 2 && second.kind === "name") {
        counts.push(2);
        if (third.kind === "raised" && isWord(second.text)) counts.push(3);
      } else if (first.kind === "raised" && isWord(token.text)) counts.push(1);
      const count = counts.find((one) => symbols.has([token, ...following.slice(0, one)].map(({ text }, n) => (n ? text.replaceAll("/", "_") : text)).join("")));
      place += count ?? 0;
      return count !== undefined;
    };

    const call = (token) => {
      const found = functions.get(keyOf(token.text));
      if (!found) fail(...(token.text === "e" ? ["missing_factor_sign", next()] : ["unknown_function", token]));
      const bracket = take();
      let count = 1;
      deeper(bracket, sum);
      while (next().text === ",") {
        const comma = take();
        count += 1;
        if (count > found.arity && !found.more) fail("comma", comma);
        deeper(bracket, sum);
      }
      close(bracket);
      if (count < found.arity) stop("arguments", token.position, found.name);
    };

    const close = (opened) => {
      if (next().text === ")") take();
      else if (next().kind === "end") fail("unclosed", opened);
      else fail(next().text === "," ? "comma" : "missing_factor_sign", next());
    };

    sum();
    const rest = next();
    if (rest.kind !== "end") fail(rest.text === ")" ? "unopened" : rest.text === "," ? "comma" : "missing_factor_sign", rest);
  };

  // Why a text is no formula, and at which character; without a reason where it is one.
  return (text, symbols) => {
    try {
      parse(tokenize(text), symbols);
      return { reason: "" };
    } catch (why) {
      if (why.reason) return why;
      throw why;
    }
  };
}
