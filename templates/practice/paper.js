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
  const isAskedWhole = (q) => askedDigits.has(q) && !fieldAt[q].includes(-1);
  const placesOf = (found) => fields.map((_, n) => n).filter((n) => found.has(fields[n].q));

  return {
    ...table, graph, fields, fieldAt, asked, shown, stoodFor: new Set(table.stood_for), canRound: table.can_round,
    rowVersions: new Map(table.rows),
    changesAt: (at) => new Map(table.changes[at].map(([q, ...rule]) => [q, rule])),
    isAskedWhole,
    // By field, the fields that it rests on, as far as quantities tell.
    readers: fields.map(({ q }) => placesOf(graph.sources(new Set([q]), new Set()))),
    // The fields that may come out otherwise where some quantities do: all is written down, or something is left out.
    reachedFrom: (changed) => [asked.filter(isAskedWhole), []].map(
      (stops) => placesOf(graph.reached(changed, new Set([...stops, ...shown]))),
    ),
    digitsOf: (q) => askedDigits.get(q) ?? table.digits,
    // Arrays by asked quantity from one number for each field.
    asQuantities: (columns, unasked) => new Map(asked.map((q) => [q, fieldAt[q].map((n) => (n < 0 ? unasked : columns[n]))])),
    byField: (values) => fields.map(({ q, entry }) => values[q][entry]),
    printed: (values) => new Map([...shown].map((q) => [q, values[q]])),
    zeros: () => sizes.map((size) => new Array(size).fill(0)),
  };
};
