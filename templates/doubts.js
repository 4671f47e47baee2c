// Counts what is settled, and saves it with what was settled before as settled.csv. Nothing is sent anywhere.
const entries = [...document.querySelectorAll(".entry")];
const progress = document.querySelector("#progress");
const parts = (entry) => [entry.querySelector(".text"), entry.querySelector(".done")];

const count = () => {
  const done = entries.filter((entry) => parts(entry)[1].checked).length;
  progress.textContent = progress.dataset.words.replace("{done}", done).replace("{all}", entries.length);
};

const cell = (text) => '"' + text.replaceAll('"', '""') + '"';

const csv = () => {
  const data = document.body.dataset;
  const rows = [JSON.parse(data.header), ...JSON.parse(data.before)];
  for (const entry of entries) {
    const [text, done] = parts(entry);
    if (done.checked) rows.push([...JSON.parse(entry.dataset.entry), text.value.trim()]);
  }
  return rows.map((row, place) => row.map(place ? cell : (title) => title).join(",") + "\n").join("");
};

entries.forEach((entry, place) => {
  const [text, done] = parts(entry);
  text.addEventListener("input", () => { done.checked = true; count(); });
  done.addEventListener("change", count);
  text.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    done.checked = true;
    count();
    const next = entries[place + 1] ? parts(entries[place + 1])[0] : document.querySelector("#save");
    next.focus();
    if (next.select) next.select();
  });
});

if (progress) {
  document.querySelector("#save").addEventListener("click", () => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([csv()], { type: "text/csv;charset=utf-8" }));
    link.download = "settled.csv";
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
    progress.textContent = progress.dataset.saved;
  });
}
