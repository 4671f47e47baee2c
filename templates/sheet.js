{
  const form = document.getElementById("sheet"), student = document.getElementById("student");
  const { exam, variant, progress, saved, unread, missing } = form.dataset;
  const rows = JSON.parse(form.dataset.rows);
  const inputs = rows.map((_, n) => document.getElementById("a" + n));
  const status = document.getElementById("status");
  const draft = ["examgen", exam, variant, student.defaultValue].join("\n");
  const reader = numberReader(grammar);
  const SHORTLY = 150, PAUSE = 1000;  // ms: after a box is left, so that no click lands beside its aim; while typing

  // Where a browser forbids storage to local files, the page works without drafts.
  const stored = (action) => { try { return action(localStorage); } catch { return null; } };

  const isNumber = (input) => "number" in input.dataset;
  const isInvalid = (input) => input.getAttribute("aria-invalid") === "true";
  const isFilled = (input) => isNumber(input) ? reader.readBox(input.value).reason !== "blank" : input.value.trim() !== "";

  // Numbers in the one spelling that is read alike in every language; all else as it was typed.
  const answer = (input) => (isNumber(input) && reader.readBox(input.value).spelling) || input.value.trim();

  const show = (words) => {
    const done = inputs.filter(isFilled).length, wrong = inputs.filter(isInvalid).length;
    const said = words.replace("{done}", done).replace("{all}", inputs.length);
    status.textContent = wrong ? said.replace(/[.।]$/, "") + " · " + unread.replace("{count}", wrong) : said;
    document.getElementById("bar").value = done;
  };

  const quoted = (text) => /[",\r\n]|^\s|\s$/.test(text) ? '"' + text.replaceAll('"', '""') + '"' : text;

  const csv = () => [["exam", "variant", "student", "question", "field", "symbol", "answer"],
    ...rows.map((row, n) => [exam, variant, student.value.trim(), ...row, answer(inputs[n])]),
  ].map((row) => row.map(quoted).join(",") + "\n").join("");

  // The reason by the marker's own grammar, with the character that is at fault.
  const sentence = (text) => {
    const { reason } = reader.readBox(text);
    if (!reason || reason === "blank") return "";
    const char = reader.fault(text, reason);
    if (!char) return grammar.reasons[reason];
    const code = "U+" + char.codePointAt(0).toString(16).toUpperCase().padStart(4, "0");
    return grammar.reasons[reason] + " (" + (/[\p{L}\p{N}\p{P}\p{S}]/u.test(char) ? char + "\u00a0" : "") + code + ")";
  };

  const places = new Map(inputs.filter(isNumber).map((input) => {
    const box = input.closest(".box"), place = document.createElement("p");
    place.id = input.id + "-why";
    place.hidden = true;
    box.querySelector(".whys").append(place);
    const symbol = box.querySelector(".matrix") ? input.closest("label").textContent.trim() + ": " : "";
    return [input, { box, place, symbol }];
  }));

  // Says below the box why it cannot be read, or takes it back.
  const check = (input) => {
    const { box, place, symbol } = places.get(input), said = sentence(input.value);
    place.hidden = !said;
    place.textContent = said && symbol + said;
    input.setAttribute("aria-invalid", said ? "true" : "false");
    said ? input.setAttribute("aria-describedby", place.id) : input.removeAttribute("aria-describedby");
    box.classList.toggle("unread", box.querySelector("[aria-invalid=true]") !== null);
  };

  const checkIn = (input, delay) => {
    if (!places.has(input)) return;
    clearTimeout(places.get(input).timer);
    places.get(input).timer = setTimeout(() => { check(input); show(progress); }, delay);
  };

  const known = JSON.parse(stored((storage) => storage.getItem(draft)) ?? "null");
  if (known) {
    inputs.forEach((input, n) => { input.value = known.answers[rows[n][0] + " " + rows[n][1]] ?? ""; });
    if (!student.readOnly) student.value = known.student;
  }
  places.forEach((_, input) => check(input));
  show(progress);

  form.addEventListener("input", (event) => {
    const answers = Object.fromEntries(rows.map((row, n) => [row[0] + " " + row[1], inputs[n].value]));
    stored((storage) => storage.setItem(draft, JSON.stringify({ student: student.value, answers })));
    student.setCustomValidity("");
    // What is mended is clear at once; what is half typed has time.
    if (places.has(event.target) && !sentence(event.target.value)) check(event.target);
    checkIn(event.target, PAUSE);
    show(progress);
  });

  form.addEventListener("focusout", (event) => checkIn(event.target, SHORTLY));

  // Enter goes on to the next box; only the button saves.
  form.addEventListener("keydown", (event) => {
    const place = inputs.indexOf(event.target);
    if (event.key !== "Enter" || event.target.id === "save") return;
    event.preventDefault();
    (inputs[place + 1] ?? document.getElementById("save")).focus();
  });

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!student.value.trim()) {
      student.setCustomValidity(missing);
      student.reportValidity();
      return;
    }
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([csv()], { type: "text/csv;charset=utf-8" }));
    link.download = "answers.csv";
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
    places.forEach((_, input) => check(input));
    show(saved);
  });
}
