element.addEventListener("change", (event) => {
  const { fact, take } = event.target.dataset;
  const chosen = event.target.value;
  if (fact && chosen) trigger("move", { fact, section: chosen === "-" ? "" : chosen });
  if (take && chosen) trigger("move", { fact: chosen, section: take });
});
element.addEventListener("click", (event) => {
  const { settle } = event.target.dataset;
  if (settle) trigger("settle", { key: +settle });
});
