// As much of a browser as the script of answers.html needs; `page` has its form, its boxes and what the browser stores.
const timers = new Map(), listeners = {}, saved = [];
let active = null, now = 0, timersSet = 0;

class Element {
  constructor(id, more = {}) {
    Object.assign(this, { id, value: "", textContent: "", hidden: false, dataset: {}, attributes: {}, children: [] }, more);
    this.classes = new Set();
    this.classList = { toggle: (name, on) => (on ? this.classes.add(name) : this.classes.delete(name)) };
  }
  getAttribute(name) { return this.attributes[name] ?? null; }
  setAttribute(name, value) { this.attributes[name] = value; }
  removeAttribute(name) { delete this.attributes[name]; }
  append(...children) { this.children.push(...children); }
  setCustomValidity(text) { this.validity = text; }
  reportValidity() {}
  focus() { active = this; }
  click() { saved.push(blobs[this.href]); }
  addEventListener(name, action) { (listeners[name] ??= []).push(action); }
}

const blobs = {};
const elements = Object.fromEntries(["student", "status", "bar", "save", "load", "undo", "file", "undrafted"].map((id) => [id, new Element(id)]));
elements.student.value = elements.student.defaultValue = page.student;
elements.student.readOnly = page.student !== "";
elements.sheet = new Element("sheet", { dataset: page.form });
for (const { id, dataset, label, is_matrix, tagName, known } of page.boxes) {
  const input = elements[id] = new Element(id, { dataset, tagName });
  const whys = new Element("whys");
  const box = new Element("box", { querySelector: (wanted) => ({
    ".whys": whys, ".matrix": is_matrix ? whys : null,
    "[aria-invalid=true]": input.attributes["aria-invalid"] === "true" ? input : null,
  })[wanted] });
  input.closest = (wanted) => ({ ".box": box, label: { querySelector: () => ({ textContent: label }) }, section: { dataset: { known } } })[wanted];
  input.whys = whys;
}

globalThis.document = { getElementById: (id) => elements[id], createElement: () => new Element(""), querySelectorAll: () => [] };
globalThis.addEventListener = () => {};
globalThis.localStorage = {
  getItem: (name) => page.stored[name] ?? null, setItem: (name, text) => { page.stored[name] = text; },
  removeItem: (name) => { delete page.stored[name]; },
};
globalThis.Blob = function Blob(parts) { this.text = parts.join(""); };
globalThis.URL = {
  createObjectURL: (blob) => { const name = "blob:" + Object.keys(blobs).length; blobs[name] = blob.text; return name; },
  revokeObjectURL: () => {},
};
globalThis.setTimeout = (action, delay) => { timers.set(++timersSet, { action, at: now + delay }); return timersSet; };
globalThis.clearTimeout = (number) => timers.delete(number);

const happen = (name, target, more = {}) => (listeners[name] ?? []).forEach((action) => action({ target, preventDefault() {}, ...more }));

// What a student does.
const type = (id, text) => { elements[id].value = text; happen("input", elements[id]); };
const leave = (id) => happen("focusout", elements[id]);
const pass = (time) => {
  now += time;
  for (const [number, { action, at }] of [...timers]) if (at <= now && timers.delete(number)) action();
};
const save = () => { happen("submit", elements.sheet); return saved.at(-1) ?? null; };
const told = (id) => {
  const { attributes, whys } = elements[id], place = whys.children[0];
  return {
    invalid: attributes["aria-invalid"] ?? null, described: attributes["aria-describedby"] ?? null,
    place: place?.id ?? null, said: place && !place.hidden ? place.textContent : "",
  };
};
