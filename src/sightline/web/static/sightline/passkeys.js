// Passkeys: asks the browser for one and sends the answer as an ordinary form. The page's data is a
// JSON block; nothing is kept. Without this file the other ways to sign in work.

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const listed = (list = []) => list.map((one) => ({ ...one, id: bytes(one.id) }));
const numbered = /^[\d.]+$|^\[/.test(location.hostname); // where browsers offer no passkeys
const given = () => JSON.parse(document.getElementById("passkey-data").textContent);

function sent(credential) {
  const { response } = credential;
  const answer = { clientDataJSON: text(response.clientDataJSON) };
  for (const name of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (response[name]) answer[name] = text(response[name]);
  }
  if (response.getTransports) answer.transports = response.getTransports();
  return {
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment,
    clientExtensionResults: credential.getClientExtensionResults(),
    response: answer,
  };
}

const get = ({ publicKey }) => navigator.credentials.get({
  publicKey: { ...publicKey, challenge: bytes(publicKey.challenge), allowCredentials: listed(publicKey.allowCredentials) },
});

function create({ publicKey }, alone) {
  const wish = alone ? "required" : "discouraged";
  const authenticatorSelection = { ...publicKey.authenticatorSelection, residentKey: wish, requireResidentKey: alone };
  if (alone) authenticatorSelection.userVerification = "required";
  return navigator.credentials.create({
    publicKey: {
      ...publicKey,
      authenticatorSelection,
      challenge: bytes(publicKey.challenge),
      user: { ...publicKey.user, id: bytes(publicKey.user.id) },
      excludeCredentials: listed(publicKey.excludeCredentials),
    },
  });
}

const ways = {
  get: () => get(given().request_options),
  create: (form) => create(given().creation_options, form.passwordless.checked),
  login: async (form) => {
    const answer = await fetch(form.action, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error("no answer");
    return get((await answer.json()).request_options);
  },
};

for (const form of document.querySelectorAll("form[data-passkey]")) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const told = form.querySelector("[role=alert]");
    told.hidden = true;
    try {
      form.credential.value = JSON.stringify(sent(await ways[form.dataset.passkey](form)));
      form.submit();
    } catch {
      told.textContent = numbered ? "Passkeys need an address with a name, such as localhost, and not one of numbers." : "The passkey was not used. Try again, or choose another way.";
      told.hidden = false;
    }
  });
}
