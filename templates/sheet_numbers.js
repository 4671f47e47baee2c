"use strict";

// Reads the number in a box as the marker does: `grammar` is made from the marker's own tables.
function numberReader(grammar) {
  const spaced = (pattern) => "^(?:" + pattern.replaceAll("¤", grammar.gaps) + ")";
  const whole = (pattern) => new RegExp(spaced(pattern) + "$");
  const { most, before, ones } = grammar, behind = before + grammar.behind;
  const raised = new RegExp(grammar.raised_power, "g"), fraction = whole(grammar.fraction);
  const numbers = { ".": whole(grammar.numbers["."]), ",": whole(grammar.numbers[","]) };
  const beginning = { ".": new RegExp(spaced(grammar.numbers["."])), ",": new RegExp(spaced(grammar.numbers[","])) };
  const signs = grammar.signs.map(([reason, pattern]) => [reason, new RegExp(pattern, "i")]);
  const numeral = new RegExp(grammar.numeral), noNumerator = new RegExp(grammar.no_numerator);

  const one = (table) => (char) => {
    const place = table[0].indexOf(char);
    return place < 0 ? char : table[1][place];
  };

  const trimmed = (text) => {
    let begin = 0, end = text.length;
    while (begin < end && before.includes(text[begin])) begin++;
    while (begin < end && behind.includes(text[end - 1])) end--;
    return text.slice(begin, end);
  };

  // Characters, not the halves of those beyond 16 bits.
  const isLong = (text) => text.length > most && (text.length > 2 * most || Array.from(text).length > most);

  const bared = (text) => {
    const body = trimmed(text);
    return body[0] === "'" && !isLong(body) && !body.includes("'", 1) ? trimmed(body.slice(1)) : body;
  };

  const plain = (text) => Array.from(
    text.replace(raised, (_, ten, power) => ten + "^" + Array.from(power, one(grammar.raised)).join("")), one(ones),
  ).join("");

  const decimal = ([, sign, before, after = "", ...powers]) => {
    const power = Number((powers.find((found) => found !== undefined) ?? "0").replace(/\s/g, ""));
    const value = Number(sign + before + "." + after + "e" + power);
    if (!Number.isFinite(value)) return { reason: "overflow" };
    if (value === 0 && /[1-9]/.test(before + after)) return { reason: "underflow" };
    const point = after ? "." + after : "";
    // 1.234 may be a thousand and more in some languages; 1.234e0 is not.
    const isOpen = after.length === 3 && Math.abs(value) >= 1 && Math.abs(value) < 1000;
    return { spelling: (sign === "-" ? "-" : "") + before + point + (power || isOpen ? "e" + power : "") };
  };

  const quotient = ([, sign, above, signBelow, below]) => {
    if (!/[1-9]/.test(below)) return { reason: "zero_division" };
    const minus = (found) => (found === "-" ? "-" : "");
    return { spelling: minus(sign) + above + "/" + minus(signBelow) + below };
  };

  const markReason = (found, mark) => {
    const commas = found.split(",").length - 1, points = found.split(".").length - 1;
    if (mark === ".") return commas ? "comma" : "";
    if (commas > 1 || points > 1 || (commas && points)) return "grouping";
    return points ? "wrong_decimal_mark" : "";
  };

  const reasonOf = (text, mark) => {
    if (numbers[mark === "." ? "," : "."].test(text)) return mark === "." ? "comma" : "wrong_decimal_mark";
    const sign = signs.find(([, pattern]) => pattern.test(text));
    if (sign) return sign[0];
    const found = numeral.exec(text), reason = found ? markReason(found[0], mark) : "";
    if (reason) return reason;
    const number = beginning[mark].exec(text);
    if (number) return text[number[0].length] === "/" ? "bad_fraction" : "trailing_text";
    return noNumerator.test(text) ? "bad_fraction" : "not_a_number";
  };

  // Either its plain spelling, with a decimal point, or the reason why it cannot be read.
  const read = (text, mark) => {
    const body = bared(text);
    if (!body) return { reason: "blank" };
    if (isLong(body)) return { reason: "too_long" };
    const spelled = plain(body);
    const number = numbers[mark].exec(spelled);
    if (number) return decimal(number);
    const parts = fraction.exec(spelled);
    return parts ? quotient(parts) : { reason: reasonOf(spelled, mark) };
  };

  // The character at fault, if it is one alone.
  const fault = (text, reason) => {
    const spelled = plain(bared(text));
    for (const pattern of grammar.faults[reason] ?? []) {
      const found = new RegExp(pattern, "u").exec(spelled);
      if (found) return found[0];
    }
    return "";
  };

  // A comma in a box is a decimal comma: no number has a comma and a point, and none is guessed to be grouped.
  const readBox = (text) => read(text, plain(text).includes(",") ? "," : ".");

  return { read, readBox, fault };
}
