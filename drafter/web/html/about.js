element.addEventListener("change", (event) => {
  const { fact } = event.target.dataset;
  if (fact && event.target.value) trigger("move", { fact, section: event.target.value });
});
element.addEventListener("click", (event) => {
  const { settle } = event.target.dataset;
  if (settle) trigger("settle", { key: +settle });
});
