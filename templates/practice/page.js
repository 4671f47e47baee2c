// The page: boxes are marked when they are left, hints come one by one, and other numbers are put in.
const practicePage = () => {
  const data = JSON.parse(document.getElementById("tables").textContent), { words } = data;
  const marker = pageMarker(data), status = document.getElementById("status");
  // What every box has beside it is put there now: in the page it would be a tenth of all.
  const boxes = [...document.querySelectorAll("[data-field]")].map((box) => {
    const [question, field] = box.dataset.field.split(" ").map(Number), inputs = [...box.querySelectorAll("input, select")];
    const { digits, symbol: first } = box.closest(".boxes").dataset, symbol = box.querySelector("label > span")?.textContent;
    const sign = document.createElement("b"), why = document.createElement("div");
    sign.className = "sign";
    sign.setAttribute("aria-hidden", "true");
    why.id = "w" + question + "-" + field;
    why.hidden = true;
    box.append(sign);
    box.closest(".box").querySelector(".whys").append(why);
    const named = box.querySelector("[role=group]") ?? inputs[0], name = symbol ?? first;
    named.setAttribute("aria-label", digits ? filledIn(words.answer_label, { symbol: name, digits }) : name);
    inputs.forEach((input) => input.setAttribute("aria-describedby", why.id));
    return { box, question, field, inputs, symbol, sign, why, isUnmarked: "unmarked" in box.dataset };
  });
  const OUTCOMES = ["blank", "unreadable", "wrong", "imprecise", "right", "follows"];
  const SIGNS = { unreadable: "?", wrong: "✗", imprecise: "≈", right: "✓", follows: "↪" };
  let variant = 0;
  const drafts = data.shown.map(() => null);

  const textOf = ({ inputs }) => (inputs[0].type === "checkbox"
    ? inputs.filter((input) => input.checked).map((input) => input.value).join("") : inputs[0].value);
  const put = ({ inputs }, text) => inputs.forEach((input) => {
    if (input.type === "checkbox") input.checked = text.includes(input.value);
    else input.value = text;
  });

  const paragraph = (className, text) => {
    const made = document.createElement("p");
    made.className = className;
    made.textContent = text;
    return made;
  };

  // What was done and what should be, of each misconception that may be behind an answer; sentences are the page's own.
  const explanations = (label) => label.split(/[|+]/).filter(Boolean).map((name) => {
    const [did, should] = data.explained[name], part = document.createElement("div");
    part.className = "explained";
    [did, should].forEach((markup) => {
      const line = document.createElement("p");
      line.innerHTML = markup;
      part.append(line);
    });
    return part;
  });

  const show = (one, verdict) => {
    const { box, inputs, symbol, sign, why } = one, kind = verdict ? OUTCOMES[verdict.outcome] : "blank";
    const isBlank = kind === "blank";
    box.dataset.verdict = isBlank ? "" : kind;
    sign.textContent = SIGNS[kind] ?? "";
    inputs.forEach((input) => input.setAttribute("aria-invalid", String(kind === "wrong" || kind === "unreadable")));
    why.hidden = isBlank;
    why.className = "why " + (kind === "right" && !verdict.comment ? "quiet" : kind);
    why.replaceChildren();
    if (isBlank) return;
    why.append(paragraph("verdict", (symbol ? symbol + ": " : "") + words[kind] + (verdict.comment ? " " + verdict.comment : "")));
    if (verdict.label) why.append(...explanations(verdict.label));
  };

  const number = (value) => String(Math.round(value * 100) / 100).replace(".", words.decimal_mark);

  const sum = (verdicts) => {
    const given = verdicts.filter((one) => one && one.outcome !== OUTCOME.blank);
    const right = given.filter((one) => one.outcome === OUTCOME.correct).length;
    const units = given.reduce((all, one) => all + one.units, 0);
    const left = boxes.filter((one) => one.isUnmarked).length;
    const told = filledIn(words.progress, {
      right, done: given.length, all: boxes.length - left,
      marks: number(units / data.policy.parts), most: number(data.most / data.policy.parts),
    });
    status.textContent = left ? told + " · " + filledIn(words.left, { count: left }) : told;
  };

  // By question, its boxes in the order of its fields, and what became of them.
  const asked = data.questions.map((_, question) => boxes.filter((one) => one.question === question)
    .sort((one, other) => one.field - other.field));
  const verdicts = asked.map(() => []);

  const checkQuestion = (question) => {
    const here = asked[question];
    verdicts[question] = marker.mark(question, variant, here.map(textOf));
    here.forEach((one, place) => { if (!one.isUnmarked) show(one, verdicts[question][place]); });
  };

  const check = () => {
    data.questions.forEach((_, question) => checkQuestion(question));
    sum(verdicts.flat());
  };

  const putNumbers = () => {
    const shown = data.shown[variant];
    document.querySelectorAll("[data-n]").forEach((one) => { one.textContent = shown[one.dataset.n]; });
    document.getElementById("variant").textContent = filledIn(words.variant, { number: variant + 1, count: data.shown.length });
  };

  const fold = () => document.querySelectorAll(".hints").forEach((list) => {
    [...list.children].forEach((hint) => { hint.hidden = true; });
    list.parentElement.querySelector("button").hidden = false;
  });

  // Other numbers; what was typed for these comes back with them.
  const next = () => {
    drafts[variant] = boxes.map(textOf);
    variant = (variant + 1) % data.shown.length;
    putNumbers();
    fold();
    boxes.forEach((one, place) => put(one, drafts[variant]?.[place] ?? ""));
    check();
    document.querySelector("main h2")?.scrollIntoView();
  };

  const hint = (button) => {
    const hints = [...button.parentElement.querySelectorAll(".hints > li")], closed = hints.filter((one) => one.hidden);
    closed[0].hidden = false;
    button.hidden = closed.length < 2;
    reach();
    if (!button.hidden) return;
    closed[0].tabIndex = 0;  // or the focus would be lost with the button
    closed[0].focus();
  };

  document.getElementById("practice").addEventListener("submit", (event) => { event.preventDefault(); check(); });
  document.addEventListener("change", ({ target }) => {
    checkQuestion(boxes.find(({ inputs }) => inputs.includes(target)).question);
    sum(verdicts.flat());
  });
  document.addEventListener("click", ({ target }) => {
    const button = target.closest("button");
    if (button?.id === "next") next();
    else if (button?.className === "hint") hint(button);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.target.tagName !== "INPUT") return;
    event.preventDefault();
    check();
    const inputs = boxes.flatMap((one) => one.inputs);
    inputs[inputs.indexOf(event.target) + (event.shiftKey ? -1 : 1)]?.focus();
  });
  // What is too wide can be moved with the keyboard, too.
  const reach = () => document.querySelectorAll(".wide:not([hidden])").forEach((part) => {
    if (part.scrollWidth > part.clientWidth) part.tabIndex = 0;
    else part.removeAttribute("tabindex");
  });

  window.addEventListener("resize", reach);
  reach();
  putNumbers();
  check();
  return { ...marker, data, check };
};

// Nobody types before there is something to see.
let practice = null;
requestAnimationFrame(() => setTimeout(() => { practice = practicePage(); }));
