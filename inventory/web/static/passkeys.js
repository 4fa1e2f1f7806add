/* Passkeys: fetch a challenge, let the person's own device answer it, send the form.

   A button names the address of the challenge in data-passkey and stands, hidden, in a
   [data-passkey-scope] with the inputs that it fills in. With data-makes it makes a new
   passkey instead of using one. */
"use strict";

const NOT_USED = "No passkey was used. Try again, or go on without.";

/* Browsers bind a passkey to a host name, never to a bare address. */
function passkeysWorkHere() {
  const isAddress = /^[\d.]+$|:/.test(location.hostname);
  return window.isSecureContext && !isAddress
    && "parseRequestOptionsFromJSON" in (window.PublicKeyCredential ?? {});
}

async function challengeFor(button) {
  const body = new URLSearchParams({ csrf_token: button.form.elements.csrf_token.value });
  for (const name of ["digest", "anyone"]) {
    if (button.dataset[name]) body.set(name, button.dataset[name]);
  }
  const answer = await fetch(button.dataset.passkey, { method: "POST", body });
  if (!answer.ok) throw new Error(`challenge refused: ${answer.status}`);
  return answer.json();
}

function answered(button, options) {
  return "makes" in button.dataset
    ? navigator.credentials.create({
      publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options),
    })
    : navigator.credentials.get({
      publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options),
    });
}

async function usePasskey(button) {
  const scope = button.closest("[data-passkey-scope]");
  const says = scope.querySelector("[data-passkey-says]");
  says.hidden = true;
  button.disabled = true;
  try {
    const asked = await challengeFor(button);
    const credential = await answered(button, asked.options);
    scope.querySelector("[data-passkey-challenge]").value = asked.challenge;
    scope.querySelector("[data-passkey-answer]").value = JSON.stringify(credential.toJSON());
    button.form.requestSubmit();
  } catch {
    says.textContent = NOT_USED;
    says.hidden = false;
  } finally {
    button.disabled = false;
  }
}

if (passkeysWorkHere()) {
  for (const button of document.querySelectorAll("[data-passkey]")) {
    button.hidden = false;
    button.addEventListener("click", () => usePasskey(button));
  }
}
for (const note of document.querySelectorAll("[data-without-passkeys]")) {
  note.hidden = passkeysWorkHere();
}
