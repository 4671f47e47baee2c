// A question as the marker sees it, from the tables that the page brings along.
const paperOf = (runner, table) => {
  const { sizes } = table, makeGraph = graphMaker(runner, sizes);
  const graph = makeGraph.make(table.rules, sizes.map((_, q) => q));
  const fields = table.fields.map(([q, entry, digits]) => ({ q, entry, digits }));
  const fieldAt = sizes.map((size) => new Array(size).fill(-1));
  fields.forEach(({ q, entry }, n) => { fieldAt[q][entry] = n; });
  const askedDigits = new Map(fields.map(({ q, digits }) => [q, digits]));
  const asked = graph.derived.filter((q) => askedDigits.has(q));
  const shown = new Set(table.shown);

  return {
    ...table, graph, fields, fieldAt, asked, shown, stoodFor: new Set(table.stood_for), canRound: table.can_round,
    rowVersions: new Map(table.rows),
    changesAt: (at) => new Map(table.changes[at].map(([q, ...rule]) => [q, rule])),
    isAskedWhole: (q) => askedDigits.has(q) && !fieldAt[q].includes(-1),
    digitsOf: (q) => askedDigits.get(q) ?? table.digits,
    // Arrays by asked quantity from one number for each field.
    asQuantities: (columns, unasked) => new Map(asked.map((q) => [q, fieldAt[q].map((n) => (n < 0 ? unasked : columns[n]))])),
    byField: (values) => fields.map(({ q, entry }) => values[q][entry]),
    printed: (values) => new Map([...shown].map((q) => [q, values[q]])),
    zeros: () => sizes.map((size) => new Array(size).fill(0)),
  };
};
