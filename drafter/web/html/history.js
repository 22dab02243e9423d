element.addEventListener("click", (event) => {
  const { compare, restore } = event.target.dataset;
  const against = element.querySelector(".against select");
  if (compare) trigger("compare", { number: +compare, against: +against.value });
  if (restore) trigger("restore", { number: +restore });
});
