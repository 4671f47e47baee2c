// What was typed into the boxes of a question, as the marker takes it.
const submittedOf = (reader, texts) => {
  const read = texts.map((text) => reader.readBox(text));
  const numbers = read.map(({ spelling }) => (spelling === undefined ? null : numberOf(spelling)));
  return {
    values: numbers.map((number) => number?.value ?? NaN),
    decimals: numbers.map((number) => number?.decimals ?? NO_DIGITS),
    digits: numbers.map((number) => number?.digits ?? NO_DIGITS),
    reasons: read.map(({ reason = "" }) => reason),
    isUnreadable: read.map(({ reason = "" }) => reason !== "" && reason !== "blank"),
  };
};

// The value of a number in its plain spelling, the place of its last digit, and how many of its digits count.
const numberOf = (spelling) => {
  const [above, below] = spelling.split("/");
  if (below !== undefined) return { value: Number(above) / Number(below) + 0 };
  const [mantissa, power = "0"] = spelling.split("e"), [whole, behind = ""] = mantissa.replace("-", "").split(".");
  return {
    value: Number(spelling) + 0,
    decimals: behind.length - Number(power),
    digits: (whole + behind).replace(/^0+/, "").length,
  };
};
