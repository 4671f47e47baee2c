{
  const form = document.getElementById("sheet"), student = document.getElementById("student");
  const { exam, variant } = form.dataset, words = JSON.parse(form.dataset.words);
  const fields = JSON.parse(form.dataset.rows).flatMap(([question, names]) => names.map((name) => [question, name]));
  const inputs = fields.map((_, n) => document.getElementById("a" + n));
  const symbolOf = (input) => input.closest("label").querySelector("span").textContent;
  const rows = fields.map(([question, field], n) => [question, field, symbolOf(inputs[n])]);
  const status = document.getElementById("status");
  const draft = ["examgen", exam, variant, student.defaultValue].join("\n");
  const reader = numberReader(grammar), cells = sheetCells();
  const forms = typeof formReaders === "function" ? formReaders(grammar) : {};
  const SHORTLY = 150, PAUSE = 1000;  // ms: after a box is left, so that no click lands beside its aim; while typing
  const LARGEST = 1 << 20;  // bytes: no sheet is so large

  // Where a browser forbids storage to local files, the page works without drafts.
  const stored = (action) => { try { return action(localStorage); } catch { return null; } };
  const keepsDrafts = stored((storage) => { storage.setItem(draft + "\n?", ""); storage.removeItem(draft + "\n?"); return true; });
  document.getElementById("undrafted").hidden = keepsDrafts === true;

  // Pictures shrink to a narrow screen as far as they can be read, and are moved from side to side beyond that.
  const SMALLEST = 0.6, EDGES = 28;
  const fit = () => document.querySelectorAll(".diagram").forEach((one) => {
    one.style.zoom = 1;
    one.style.zoom = Math.max(SMALLEST, Math.min(1, (one.closest(".shown").clientWidth - EDGES) / one.offsetWidth));
  });
  addEventListener("resize", fit);
  fit();

  const isNumber = (input) => !("kind" in input.dataset);
  const isInvalid = (input) => input.getAttribute("aria-invalid") === "true";
  const isFilled = (input) => isNumber(input) ? reader.readBox(input.value).reason !== "blank" : input.value.trim() !== "";

  // Numbers in the one spelling that is read alike in every language; all else as it was typed.
  const answer = (input) => (isNumber(input) && reader.readBox(input.value).spelling) || input.value.trim();

  // The sentence below the sheet stays until something else is done; without one, its counts are brought up to date.
  let last = [words.progress, {}];
  const show = (...told) => {
    if (told.length) last = told;
    const [sentence, more = {}] = last;
    const done = inputs.filter(isFilled).length, wrong = inputs.filter(isInvalid).length;
    const values = { done, all: inputs.length, ...more };
    const said = sentence.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
    status.textContent = wrong ? said.replace(/[.।]$/, "") + " · " + words.unread.replace("{count}", wrong) : said;
    document.getElementById("bar").value = done;
  };

  const quoted = (text) => /[",\r\n]|^\s|\s$/.test(text) ? '"' + text.replaceAll('"', '""') + '"' : text;

  const csv = () => [["exam", "variant", "student", "question", "field", "symbol", "answer"],
    ...rows.map((row, n) => [exam, variant, student.value.trim(), ...row, answer(inputs[n])]),
  ].map((row) => row.map(quoted).join(",") + "\n").join("");

  // What a box of each kind is read by: a reason, and with it a character or a place that is at fault.
  const symbols = new Map();
  const symbolsFor = (input) => {
    const section = input.closest("section");
    if (!symbols.has(section)) symbols.set(section, new Set(section.dataset.known.split(" ")));
    return symbols.get(section);
  };
  const read = {
    number: ({ value }) => { const { reason } = reader.readBox(value); return { reason, char: reason && reader.fault(value, reason) }; },
    shape: ({ value }) => forms.shape(value),
    choice: ({ value, dataset }) => forms.choice(value, Number(dataset.options)),
    formula: (input) => forms.formula(input.value, symbolsFor(input)),
  };

  // Why a box cannot be read, by the marker's own grammar; null where it can. Whether it is right, nobody says here.
  const problem = (input) => {
    const kind = input.dataset.kind ?? "number", { reason, char, detail, position } = read[kind](input);
    if (!reason || reason === "blank") return null;
    const said = (kind === "number" ? grammar : grammar[kind]).reasons[reason].replaceAll("{detail}", () => detail);
    if (!char) return { said, position };
    const code = "U+" + char.codePointAt(0).toString(16).toUpperCase().padStart(4, "0");
    return { said: said + " (" + (/[\p{L}\p{N}\p{P}\p{S}]/u.test(char) ? char + "\u00a0" : "") + code + ")" };
  };

  // What was typed, with the character marked at which reading stopped.
  const marked = (text, position) => {
    const [code, mark] = ["code", "mark"].map((name) => document.createElement(name)), chars = Array.from(text);
    mark.textContent = chars[position] ?? "\u2002";
    code.append(chars.slice(0, position).join(""), mark, chars.slice(position + 1).join(""));
    code.setAttribute("aria-hidden", "true");
    return code;
  };

  // Where the reasons of a box are told: made once, before there is one to be read aloud.
  const whys = (box) => {
    const found = box.querySelector(".whys") ?? document.createElement("div");
    if (!found.className) {
      found.className = "whys";
      found.setAttribute("aria-live", "polite");
      box.append(found);
    }
    return found;
  };

  const places = new Map(inputs.filter((input) => input.tagName !== "SELECT").map((input) => {
    const box = input.closest(".box"), place = document.createElement("p");
    place.id = input.id + "-why";
    place.hidden = true;
    whys(box).append(place);
    if (isNumber(input)) input.dataset.number = "";
    input.inputMode = "text";  // keypads for decimal numbers have no minus on some phones
    input.enterKeyHint = "next";
    const symbol = box.querySelector(".matrix") ? symbolOf(input) + ": " : "";
    return [input, { box, place, symbol }];
  }));

  // Says below the box why it cannot be read, or takes it back.
  const check = (input) => {
    const { box, place, symbol } = places.get(input), found = problem(input);
    place.hidden = !found;
    place.textContent = found ? symbol + found.said : "";
    if (found?.position !== undefined) place.append(" ", marked(input.value, found.position));
    input.setAttribute("aria-invalid", found ? "true" : "false");
    found ? input.setAttribute("aria-describedby", place.id) : input.removeAttribute("aria-describedby");
    box.classList.toggle("unread", box.querySelector("[aria-invalid=true]") !== null);
  };

  const checkIn = (input, delay) => {
    if (!places.has(input)) return;
    clearTimeout(places.get(input).timer);
    places.get(input).timer = setTimeout(() => { check(input); show(); }, delay);
  };

  const known = JSON.parse(stored((storage) => storage.getItem(draft)) ?? "null");
  if (known) {
    inputs.forEach((input, n) => { input.value = known.answers[rows[n][0] + " " + rows[n][1]] ?? ""; });
    if (!student.readOnly) student.value = known.student;
  }
  places.forEach((_, input) => check(input));
  show(words.progress);

  const keep = () => {
    const answers = Object.fromEntries(rows.map((row, n) => [row[0] + " " + row[1], inputs[n].value]));
    stored((storage) => storage.setItem(draft, JSON.stringify({ student: student.value, answers })));
  };

  // Puts other answers into all boxes.
  const put = (answers) => {
    inputs.forEach((input, n) => { input.value = answers[n]; });
    keep();
    places.forEach((_, input) => check(input));
  };

  form.addEventListener("input", (event) => {
    keep();
    student.setCustomValidity("");
    // What is mended is clear at once; what is half typed has time.
    if (places.has(event.target) && !problem(event.target)) check(event.target);
    checkIn(event.target, PAUSE);
    show(words.progress);
  });

  // A block of cells from a spreadsheet fills as many boxes.
  form.addEventListener("paste", (event) => {
    const block = isNumber(event.target) && cells.block(event.clipboardData.getData("text/plain"));
    if (!block) return;
    event.preventDefault();
    const { filled, over } = cells.fill(event.target, block);
    keep();
    filled.forEach(check);
    show(over ? words.pasted_over : words.progress, { count: over });
  });

  form.addEventListener("focusout", (event) => checkIn(event.target, SHORTLY));

  // Enter goes on to the next box, with Shift back to the last one, and arrows go through a matrix; only the button saves.
  form.addEventListener("keydown", (event) => {
    const place = inputs.indexOf(event.target);
    const next = event.key !== "Enter" ? isNumber(event.target) && cells.towards(event.target, event.key)
      : event.target.tagName === "BUTTON" ? null
      : event.shiftKey ? inputs[place - 1] ?? student
      : inputs[place + 1] ?? document.getElementById("save");
    if (!next) return;
    event.preventDefault();
    next.focus();
    next.select?.();
  });

  const load = (file, text) => {
    const found = readSaved(text), told = { file };
    if (!found?.length) return show(words.no_sheet, told);
    if (found.some((row) => row.exam !== exam)) return show(words.other_exam, told);
    if (found.some((row) => row.variant !== variant)) return show(words.other_paper, told);
    const answers = new Map(found.map((row) => [row.question + " " + row.field, row.answer]));
    const before = inputs.map((input) => input.value), undo = document.getElementById("undo");
    put(rows.map((row, n) => answers.get(row[0] + " " + row[1]) ?? before[n]));
    if (!student.readOnly && !student.value) student.value = found[0].student;
    undo.hidden = false;
    undo.onclick = () => { put(before); undo.hidden = true; show(words.progress); };
    show(words.loaded, { ...told, count: rows.filter((row) => answers.get(row[0] + " " + row[1])).length });
  };

  const picker = document.getElementById("file");
  document.getElementById("load").addEventListener("click", () => picker.click());
  picker.addEventListener("change", () => {
    const [file] = picker.files;
    if (!file) return;
    if (file.size > LARGEST) show(words.no_sheet, { file: file.name });
    else file.text().then((text) => load(file.name, text), () => show(words.no_sheet, { file: file.name }));
    picker.value = "";  // the same file may be chosen again
  });

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!student.value.trim()) {
      student.setCustomValidity(words.student_missing);
      student.reportValidity();
      return;
    }
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([csv()], { type: "text/csv;charset=utf-8" }));
    link.download = "answers-" + student.value.trim().replace(/[^\p{L}\p{N}._-]+/gu, "_").slice(0, 60) + ".csv";
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
    places.forEach((_, input) => check(input));
    show(words.saved, { file: link.download });
  });
}
