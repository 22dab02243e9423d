// Runs before Gradio. `mark` is the name of a cookie, `expired` a sentence in two languages.
const language = navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en";
// For screen readers: Gradio always says English.
document.documentElement.lang = language === "zh" ? "zh-CN" : "en";

// What another person typed in this browser is forgotten before Gradio can show it.
const who = (document.cookie.split("; ").find((one) => one.startsWith(`${mark}=`)) || "").split("=")[1] || "";
if ((localStorage.getItem(mark) || "") !== who) {
  Object.keys(localStorage).filter((name) => name.startsWith("drafter-")).forEach((name) => localStorage.removeItem(name));
  localStorage.setItem(mark, who);
}

// A file is fetched without leaving the page: a page that is left closes its stream to the server.
document.addEventListener("click", (event) => {
  const link = event.target.closest('a[href^="/export?"], a[href^="/result/"]');
  if (link) link.download = "";
}, true);

// A login that has expired is said once, in words. What was typed is in the browser and comes back after it.
const ask = window.fetch;
window.fetch = async (...given) => {
  const answer = await ask(...given);
  if (answer.status === 401 && !document.querySelector("#expired")) {
    const link = document.createElement("a");
    link.href = `/login?next=${encodeURIComponent(location.pathname + location.search)}`;
    link.textContent = expired[language];
    const said = document.createElement("p");
    said.id = "expired";
    said.setAttribute("role", "alert");
    said.append(link);
    document.body.prepend(said);
  }
  return answer;
};
