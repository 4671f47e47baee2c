// Runs rules as tapes: steps on single numbers, made by the marker from the rules that it works by itself.
const ELEMENTARY = {
  add: (a, b) => a + b,
  subtract: (a, b) => a - b,
  multiply: (a, b) => a * b,
  divide: (a, b) => a / b,
  negative: (a) => -a,
  power: (a, b) => a ** b,
  absolute: (a) => Math.abs(a),
  exp: (a) => Math.exp(a),
  expm1: (a) => Math.expm1(a),
  log: (a) => Math.log(a),
  log10: (a) => Math.log10(a),
  sqrt: (a) => Math.sqrt(a),
  tanh: (a) => Math.tanh(a),
  trunc: (a) => Math.trunc(a),
  logaddexp: (a, b) => (a === b ? a + Math.LN2 : Math.max(a, b) + Math.log1p(Math.exp(-Math.abs(a - b)))),
  maximum: (a, b) => Math.max(a, b),
  minimum: (a, b) => Math.min(a, b),
  greater: (a, b) => (a > b ? 1 : 0),
  greater_equal: (a, b) => (a >= b ? 1 : 0),
  equal: (a, b) => (a === b ? 1 : 0),
  where: (chosen, one, other) => (chosen ? one : other),
};

// `functions` names those that the steps of `tapes` have as numbers.
const tapeRunner = ({ functions, tapes }) => {
  const chosen = functions.map((name) => ELEMENTARY[name]);

  // Steps behind one another, four numbers each; of a function of one or two the rest is read for nothing.
  const flat = tapes.map(({ steps }) => Int32Array.from(steps.flatMap(([code, a, b = a, c = a]) => [code, a, b, c])));
  const numbers = new Float64Array(Math.max(1, ...tapes.map(({ constants, steps, sizes }) => (
    sizes.reduce((all, size) => all + size, 0) + constants.length + steps.length
  ))));

  const run = (number, inputs) => {
    const { constants, result } = tapes[number], steps = flat[number], found = new Array(result.length);
    let end = 0;
    for (const input of inputs) for (let at = 0; at < input.length; at += 1) numbers[end++] = input[at];
    for (let at = 0; at < constants.length; at += 1) numbers[end++] = constants[at];
    for (let at = 0; at < steps.length; at += 4) {
      numbers[end++] = chosen[steps[at]](numbers[steps[at + 1]], numbers[steps[at + 2]], numbers[steps[at + 3]]);
    }
    for (let at = 0; at < found.length; at += 1) found[at] = numbers[result[at]];
    return found;
  };

  // By input, and entry of it, the entries of the result that read it.
  const linked = tapes.map(() => null);
  const links = (number) => {
    linked[number] ??= tapes[number].links.map((rows) => rows.map((row) => Array.from(row, (digit) => digit === "1")));
    return linked[number];
  };

  return { run, links };
};
