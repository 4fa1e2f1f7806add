/* Comfort for forms; every form works without it. */
"use strict";

/* A second click while the first is under way would only be told the same. */
for (const form of document.querySelectorAll("form[method=post]")) {
  form.addEventListener("submit", () => {
    for (const button of form.querySelectorAll("button[type=submit]")) {
      setTimeout(() => { button.disabled = true; }, 0);
    }
  });
}
/* Back from the page it led to: the form can be used again. */
window.addEventListener("pageshow", () => {
  for (const button of document.querySelectorAll("button[type=submit]")) {
    button.disabled = false;
  }
});

/* Who sees what is typed mistypes less. */
for (const box of document.querySelectorAll("[data-shows]")) {
  box.closest("label").hidden = false;
  box.addEventListener("change", () => {
    for (const name of box.dataset.shows.split(" ")) {
      document.getElementById(name).type = box.checked ? "text" : "password";
    }
  });
}
