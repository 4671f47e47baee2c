"use strict";
{
  const form = document.getElementById("sheet"), student = document.getElementById("student");
  const { exam, variant, progress, saved, missing } = form.dataset;
  const rows = JSON.parse(form.dataset.rows);
  const inputs = rows.map((_, n) => document.getElementById("a" + n));
  const status = document.getElementById("status");
  const draft = ["examgen", exam, variant, student.defaultValue].join("\n");

  // Where a browser forbids storage to local files, the page works without drafts.
  const stored = (action) => { try { return action(localStorage); } catch { return null; } };

  const filled = (words) => words
    .replace("{done}", inputs.filter((input) => input.value.trim()).length).replace("{all}", inputs.length);

  const show = (words) => {
    status.textContent = filled(words);
    document.getElementById("bar").value = inputs.filter((input) => input.value.trim()).length;
  };

  const quoted = (text) => /[",\r\n]|^\s|\s$/.test(text) ? '"' + text.replaceAll('"', '""') + '"' : text;

  const csv = () => [["exam", "variant", "student", "question", "field", "symbol", "answer"],
    ...rows.map((row, n) => [exam, variant, student.value.trim(), ...row, inputs[n].value.trim()]),
  ].map((row) => row.map(quoted).join(",") + "\n").join("");

  const known = JSON.parse(stored((storage) => storage.getItem(draft)) ?? "null");
  if (known) {
    inputs.forEach((input, n) => { input.value = known.answers[rows[n][0] + " " + rows[n][1]] ?? ""; });
    if (!student.readOnly) student.value = known.student;
  }
  show(progress);

  form.addEventListener("input", () => {
    const answers = Object.fromEntries(rows.map((row, n) => [row[0] + " " + row[1], inputs[n].value]));
    stored((storage) => storage.setItem(draft, JSON.stringify({ student: student.value, answers })));
    student.setCustomValidity("");
    show(progress);
  });

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
    show(saved);
  });
}
