// Moves among the boxes of a sheet as in a spreadsheet, and fills a block of them from the clipboard.
const sheetCells = () => {
  const STEPS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

  // Where a box stands among the cells of its vector or matrix, some of which may have no box.
  const placeOf = (input) => {
    const label = input.closest("label"), grid = label.parentElement;
    const columns = Number(grid.style.getPropertyValue("--columns")), index = [...grid.children].indexOf(label);
    return { grid, columns, row: Math.floor(index / columns), column: index % columns };
  };

  const boxAt = ({ grid, columns }, row, column) => {
    const isInside = row >= 0 && column >= 0 && column < columns;
    return (isInside && grid.children[row * columns + column]?.querySelector("input")) || null;
  };

  // The box to which an arrow leads; sideways only from the end of what is typed, where the arrow does nothing else.
  const towards = (input, key) => {
    if (!(key in STEPS) || input.tagName !== "INPUT") return null;
    const [down, right] = STEPS[key], edge = right > 0 ? input.value.length : 0;
    if (right && (input.selectionStart !== edge || input.selectionEnd !== edge)) return null;
    const place = placeOf(input);
    return boxAt(place, place.row + down, place.column + right);
  };

  // Rows of cells as spreadsheets copy them; null where it is a single one.
  const block = (text) => {
    const rows = text.replace(/\r?\n$/, "").split(/\r?\n/).map((line) => line.split("\t"));
    return rows.length > 1 || rows[0].length > 1 ? rows : null;
  };

  // Fills boxes from this one on, to the right and down: the boxes, and how many cells had none.
  const fill = (input, rows) => {
    const place = placeOf(input), filled = [];
    let over = 0;
    rows.forEach((row, down) => row.forEach((text, right) => {
      const box = boxAt(place, place.row + down, place.column + right);
      if (box) { box.value = text.trim(); filled.push(box); } else if (text.trim()) over += 1;
    }));
    return { filled, over };
  };

  return { towards, block, fill };
};
