"use strict";
const form = document.querySelector("form");
const rows = [...document.querySelectorAll("tbody tr")];
const said = rows.map((row) => row.textContent.toLowerCase());
function choose() {
  const words = form.words.value.toLowerCase().split(/\s+/).filter(Boolean);
  const state = form.state.value;
  let shown = 0;
  rows.forEach((row, at) => {
    const wanted = (!state || row.dataset.state === state) && words.every((word) => said[at].includes(word));
    row.hidden = !wanted;
    shown += wanted;
  });
  form.querySelector("output").textContent = `${shown} of ${rows.length} articles`;
}
form.addEventListener("input", choose);
form.addEventListener("submit", (event) => event.preventDefault());
form.hidden = false;
choose();
