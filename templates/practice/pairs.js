// Two misconceptions in one number: what a student does who has both, in either order where that matters.
const pairsOf = (paper, first, second) => [...upon(paper, first, second), ...upon(paper, second, first)];

// The second, held by a student who works by the graph of the first.
const upon = (paper, first, second) => rowUpon(paper, first, second.name).flatMap((version) => {
  const changes = new Map([...version].filter(([q]) => second.changed.has(q)));
  if (changes.size !== second.changed.size) return [];
  // Each may read what the other makes; and what one reads may be nothing for the other's rule.
  const graph = [...changes.values()].some(([tape]) => tape < 0) ? null : first.graph.rewired(changes);
  return graph ? [{ graph, changed: new Set([...first.changed, ...second.changed]) }] : [];
});

// The versions of a misconception as they come on top of another: other rules in what that one has changed.
const rowUpon = (paper, first, name) => {
  const plain = paper.rowVersions.get(name).map((at) => paper.changesAt(at));
  const other = new Map(paper.upon[first.whole]).get(name)?.map((at) => paper.changesAt(at));
  if (!other) return plain;
  return other.map((after, number) => {
    const version = new Map([...(plain[number] ?? [])].filter(([q]) => !first.changed.has(q)));
    after.forEach((rule, q) => { if (first.changed.has(q)) version.set(q, rule); });
    return version;
  });
};
