element.addEventListener("click", (event) => {
  const { compare, restore } = event.target.dataset;
  if (compare) trigger("compare", { number: +compare });
  if (restore) trigger("restore", { number: +restore });
});
