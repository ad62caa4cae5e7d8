// What htmx and the browser leave open: sign-in, failures, focus, menus, small form helpers.
// Everything here is an addition: each page works without it.

const $ = (id) => document.getElementById(id);
const on = (type, handle, capture = false) => document.addEventListener(type, handle, capture);
// What a form would do is asked with all that stands in it, but changes nothing.
const isWrite = ({ detail: { requestConfig } }) => requestConfig.verb !== "get" && !requestConfig.elt.matches("[data-preview]");
// Where that does not come, it is said in its own place, and not loudly: nobody asked for it.
function missPreview({ detail: { requestConfig: { elt } } }) {
  const note = elt.matches("[data-preview]") ? elt.querySelector("[data-lost]") : null;
  if (note) note.hidden = false;
  return note !== null;
}
const token = () => document.cookie.match(/(?:^|; )(?:__Host-)?csrftoken=([^;]*)/)?.[1];

// ---- Toasts

function say(place, text, { level = "bad", link } = {}) {
  const toast = $("toast").content.firstElementChild.cloneNode(true);
  toast.classList.add(level);
  const line = toast.querySelector("p");
  line.textContent = text;
  if (link) {
    const a = Object.assign(document.createElement("a"), { href: link.href, textContent: link.text, target: "_blank", rel: "noopener" });
    line.append(" ", a);
  }
  place.append(toast);
}

function alertOnce(text, options) {
  for (const shown of $("alerts").children) if (shown.textContent.includes(text)) shown.remove();
  say($("alerts"), text, options);
}

// A success goes away by itself, but not under somebody's pointer or focus.
function fade(toast, after = 6000) {
  setTimeout(() => (toast.matches(":hover, :focus-within") ? fade(toast, 2000) : toast.remove()), after);
}
new MutationObserver((records) => {
  for (const record of records) for (const node of record.addedNodes) if (node.nodeType === 1) fade(node);
}).observe($("toasts"), { childList: true });

// ---- What answers a form is come back to by an address: nobody is asked to send the form again

const here = document.querySelector("[data-here]")?.dataset.here;
if (here) history.replaceState(history.state, "", here);

// ---- Requests: the token of the newest sign-in, one write at a time, a bar for slow ones

on("htmx:configRequest", ({ detail }) => {
  // What comes by itself keeps nobody signed in.
  if (detail.elt.matches("[data-background]")) detail.headers["X-Background"] = "1";
  if (detail.verb === "get" || !token()) return;
  detail.headers["X-CSRFToken"] = token();
  // Django looks here first, and the page may have been drawn before a new sign-in.
  if (detail.parameters.has?.("csrfmiddlewaretoken") ?? "csrfmiddlewaretoken" in detail.parameters) {
    detail.parameters.csrfmiddlewaretoken = token();
  }
});

const isBusy = (element) => element?.getAttribute("aria-busy") === "true";
function busy(element, state) {
  const buttons = element.matches("form") ? [...element.elements].filter((e) => e.type === "submit") : [];
  for (const e of [element, ...buttons]) {
    e.toggleAttribute("aria-busy", false);
    if (state) e.setAttribute("aria-busy", "true");
    // Not `disabled`: that would drop the focus and the button's own value.
    if (e !== element || e.matches("button, a")) state ? e.setAttribute("aria-disabled", "true") : e.removeAttribute("aria-disabled");
  }
}
on("submit", (event) => {
  const form = event.target;
  if (isBusy(form)) {
    event.preventDefault();
    event.stopImmediatePropagation();
  } else if (form.method === "post") {
    const field = form.elements.csrfmiddlewaretoken;
    if (field && token()) field.value = token();
    if (!form.matches("[hx-post], [hx-put], [hx-patch], [hx-delete]")) {
      busy(form, true);
      setTimeout(busy, 10000, form, false);
    }
  }
}, true);
on("click", (event) => {
  const control = event.target.closest("button, a");
  if (isBusy(control) || control?.getAttribute("aria-disabled") === "true") {
    event.preventDefault();
    event.stopImmediatePropagation();
  }
}, true);
addEventListener("pageshow", (event) => {
  if (event.persisted) for (const form of document.querySelectorAll("form[aria-busy]")) busy(form, false);
});

let running = 0;
let slow;
on("htmx:beforeRequest", (event) => {
  if (isWrite(event)) {
    busy(event.detail.elt, true);
    $("alerts").replaceChildren();
  }
  if (running++ === 0) slow = setTimeout(() => ($("progress").hidden = false), 300);
  // htmx:afterRequest is not heard here where the element that asked has gone meanwhile.
  event.detail.xhr.addEventListener("loadend", () => {
    if (--running > 0) return;
    clearTimeout(slow);
    $("progress").hidden = true;
  });
});
on("htmx:afterRequest", (event) => {
  if (isWrite(event)) busy(event.detail.requestConfig.elt, false);
});

// htmx keeps the last address, search included, in the browser's storage; nothing here reads it.
const forgetAddress = () => sessionStorage.removeItem("htmx-current-path-for-history");
forgetAddress();
on("htmx:pushedIntoHistory", forgetAddress);
on("htmx:replacedInHistory", forgetAddress);

// ---- Answers that are errors

addEventListener("htmx:beforeOnLoad", (event) => {
  // With DEBUG on, django-htmx would put an error's page in place of this one, typed text included.
  event.stopPropagation();
  // Nor does opening a menu take the page away: only the sign-in sends its request elsewhere.
  const { requestConfig, xhr } = event.detail;
  if (!requestConfig.elt.matches("details.menu") || !xhr.getResponseHeader("HX-Redirect")) return;
  event.preventDefault();
  offerSignIn(xhr.getResponseHeader("HX-Redirect"));
}, true);

on("htmx:beforeSwap", (event) => {
  const { detail } = event;
  // A list that came by itself never takes away what somebody is at.
  if (detail.requestConfig.elt.matches("[data-background]") && detail.target.querySelector(".row-editing, [open]")) {
    detail.shouldSwap = false;
    return;
  }
  if (!detail.xhr.getResponseHeader("X-Partial")) return;
  detail.shouldSwap = true;
  detail.isError = false;
  // A problem never takes the place of a form with somebody's text, nor of a table's row.
  const isProblem = /^\s*<[^>]*\sdata-problem[\s>]/.test(detail.serverResponse);
  if (isProblem && missPreview(event)) {
    detail.shouldSwap = false;
  } else if (isProblem && (detail.requestConfig.verb !== "get" || detail.target.closest("tbody, dialog"))) {
    detail.target = $("alerts");
    detail.swapOverride = "beforeend";
  } else if (isProblem) {
    detail.swapOverride = "innerHTML"; // the next try needs the same place
  }
});
on("htmx:responseError", (event) => {
  const { xhr } = event.detail;
  if (xhr.getResponseHeader("HX-Trigger")?.includes("session-ended") || missPreview(event)) return;
  const about = [xhr.status, xhr.getResponseHeader("X-Request-ID")].filter(Boolean).join(", ");
  alertOnce($("alerts").dataset.refused.replace("%s", about));
});
for (const failure of ["htmx:sendError", "htmx:timeout"]) {
  on(failure, (event) => missPreview(event) || alertOnce($("alerts").dataset[isWrite(event) ? "writeLost" : "readLost"]));
}
function offerSignIn(href) {
  const { sessionEnded, signIn } = $("alerts").dataset;
  alertOnce(sessionEnded, { level: "warn", link: { href, text: signIn } });
}
on("session-ended", ({ detail }) => offerSignIn(detail.url));
on("toast", ({ detail: { level = "good", text } }) => {
  say(/bad|warn/.test(level) ? $("alerts") : $("toasts"), text, { level });
});

// ---- Dialog

const dialog = $("dialog");
const toasts = $("toasts").parentElement;
// What lies outside an open dialog cannot be clicked and is not announced.
const moveToasts = () => (dialog.open ? dialog : document.body).append(toasts);
on("htmx:beforeSwap", ({ detail }) => {
  if (detail.target !== $("alerts")) document.body.append(toasts);
});
on("htmx:afterSwap", ({ detail }) => {
  if (detail.target === dialog) {
    if (!dialog.firstElementChild) dialog.close();
    else if (!dialog.open) dialog.showModal();
    const heading = dialog.querySelector("h1, h2");
    if (heading) {
      heading.id ||= "dialog-title";
      dialog.setAttribute("aria-labelledby", heading.id);
    }
  } else if (dialog.contains(detail.requestConfig.elt) && detail.target !== $("alerts")) {
    dialog.close();
  }
  moveToasts();
});
on("close-dialog", () => dialog.close());
dialog.addEventListener("close", () => {
  moveToasts();
  dialog.replaceChildren();
});

// ---- Focus

const find = (root, what) => (root.matches?.(what) ? root : root.querySelector?.(what));
// What must be mended first, then where typing begins.
const first = (root) => find(root, '[aria-invalid="true"]') ?? find(root, "[data-focus], [autofocus]");
on("htmx:afterSettle", (event) => {
  const { target, requestConfig } = event.detail;
  if (target.id === "alerts" || event.target.id === "alerts" || event.target.id === "toasts") return;
  const wanted = first(event.target);
  wanted?.focus();
  // Without a wrong field to look at, what became of the form is said in its notice.
  if (!wanted?.matches('[aria-invalid="true"]')) find(event.target, '.notice[role="alert"]')?.scrollIntoView({ block: "nearest" });
  if (wanted) return;
  if (document.activeElement !== document.body) return;
  // The items that came took the place of the one that had the focus.
  if (requestConfig.elt.matches("details.menu[open]")) target.querySelector("a, button")?.focus();
  const back = requestConfig.elt.closest("[data-return-focus]")?.dataset.returnFocus;
  if (back || isWrite(event)) ($(back) ?? $("main")).focus();
});
document.querySelector('[aria-invalid="true"]')?.focus();

// ---- Keyboard and menus

const openMenus = () => [...document.querySelectorAll("details.menu[open]")];
on("toggle", ({ target }) => {
  if (!target.matches?.("details.menu") || !target.open) return;
  for (const menu of openMenus()) if (!menu.contains(target)) menu.open = false;
  if (!target.hasAttribute("data-missing")) return;
  const items = target.querySelector(".menu-items");
  htmx.ajax("get", target.getAttribute("hx-get"), { source: target, target: items }).catch(() => {}); // said already
}, true);
// A menu asks for its items once; those that did not come are asked for when it is opened again.
on("htmx:afterRequest", ({ detail: { requestConfig, successful, target } }) => {
  const menu = requestConfig.elt;
  if (menu.matches("details.menu")) menu.toggleAttribute("data-missing", !successful || !menu.contains(target));
});
on("click", (event) => {
  const item = event.target.closest(".menu-items a, .menu-items button");
  for (const menu of openMenus()) {
    if (!item && menu.contains(event.target)) continue;
    if (menu.contains(document.activeElement)) menu.querySelector("summary").focus();
    menu.open = false;
  }
});
on("keydown", (event) => {
  const { key, target } = event;
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (key === "Escape") {
    const menu = openMenus().pop();
    if (menu) {
      menu.open = false;
      menu.querySelector("summary").focus();
      event.preventDefault();
    } else if (!dialog.open) {
      target.closest?.(".row-editing")?.querySelector("[data-cancel]")?.click();
    }
    return;
  }
  if (dialog.open || target.isContentEditable || target.matches?.("input:not([type=checkbox], [type=radio]), textarea, select")) return;
  const wanted = { "/": "[data-search]", n: "[data-new]" }[key];
  const element = wanted && document.querySelector(wanted);
  if (!element) return;
  event.preventDefault();
  if (key === "n") element.click();
  else {
    element.focus();
    element.select?.();
  }
});

// ---- Form helpers

function showGroups(form) {
  const groups = form.querySelectorAll("[data-when]");
  if (!groups.length) return;
  // The browser cannot point at an invalid control that is hidden: the server checks instead.
  form.noValidate = true;
  const chosen = Object.create(null); // a field may have any name
  for (const e of form.elements) if (!/checkbox|radio/.test(e.type) || e.checked) (chosen[e.name] ??= []).push(e.value);
  for (const group of groups) {
    const [, name, sign, values] = group.dataset.when.match(/^([^!=]+)(!?=)(.*)$/);
    const matches = chosen[name]?.some((value) => values.split(",").includes(value)) ?? false;
    group.hidden = matches !== (sign === "=");
  }
}
const prepare = (root) => root.querySelectorAll("form").forEach(showGroups);
prepare(document);
on("htmx:load", ({ target }) => {
  const form = target.closest("form");
  form ? showGroups(form) : prepare(target);
});

on("change", ({ target }) => {
  if (target.dataset.checkAll) {
    for (const box of $(target.dataset.checkAll).querySelectorAll("input[type=checkbox]:enabled")) {
      if (box !== target && !box.closest("[hidden]")) box.checked = target.checked;
    }
  }
  if (target.form) showGroups(target.form);
});
on("input", ({ target }) => {
  // Not only once it is left: what then moves would move away from under the click that leaves it.
  if (target.form) showGroups(target.form);
  if (!target.dataset.filter) return;
  const words = target.value.trim().toLowerCase();
  const list = $(target.dataset.filter);
  for (const item of list.querySelectorAll("[data-filter-item]")) item.hidden = !item.textContent.toLowerCase().includes(words);
  for (const group of list.querySelectorAll("details")) {
    group.hidden = !group.querySelector("[data-filter-item]:not([hidden])");
    if (words) group.open = true;
  }
});
// Rows that count upwards stand in order; one moves when it is left, so that nobody loses the focus.
on("focusout", ({ target, relatedTarget }) => {
  const row = target.closest("[data-sorted-rows] > [data-row]");
  if (!row || row.contains(relatedTarget)) return;
  const at = (one) => one.querySelector("[data-sort-by]").value.replaceAll(/[\s,]/g, ""); // 30 000 and 30,000 are numbers too
  const isLater = (one) => one !== row && (at(one) === "" || (at(row) !== "" && Number(at(one)) > Number(at(row))));
  setTimeout(() => {
    if (!row.isConnected || row.contains(document.activeElement)) return;
    const next = at(row) === "" ? null : ([...row.parentElement.children].find(isLater) ?? null);
    if (next !== row.nextElementSibling) row.parentElement.insertBefore(row, next);
  }, 200);
});
on("click", async (event) => {
  const button = event.target.closest("[data-close], [data-copy], [data-add-row], [data-remove-row]");
  if (!button) return;
  const { addRow, copy } = button.dataset;
  if ("close" in button.dataset) {
    const toast = button.closest(".toast, .notice");
    if (!toast && !dialog.contains(button)) return; // without a dialog it is an ordinary link
    event.preventDefault();
    toast ? toast.remove() : dialog.close();
  } else if (copy) {
    const source = $(copy);
    try {
      await navigator.clipboard.writeText(source.value ?? source.textContent.trim());
      say($("toasts"), $("toasts").dataset.copied, { level: "good" });
    } catch {
      getSelection().selectAllChildren(source); // plain HTTP has no clipboard: Ctrl-C is one key away
    }
  } else if (addRow) {
    const list = $(addRow);
    const total = $(`${addRow}-total`);
    const n = Number(total?.value ?? list.dataset.next ?? list.children.length);
    list.insertAdjacentHTML("beforeend", $(`${addRow}-template`).innerHTML.replaceAll("__n__", n));
    list.dataset.next = n + 1;
    if (total) total.value = n + 1;
    const row = list.lastElementChild;
    htmx.process(row);
    showGroups(row.closest("form"));
    row.querySelector("input:not([type=hidden]), select, textarea")?.focus();
  } else {
    const list = button.closest("[data-row]").parentElement;
    button.closest("[data-row]").remove();
    document.querySelector(`[data-add-row="${list.id}"]`)?.focus();
    list.dispatchEvent(new Event("change", { bubbles: true }));
  }
});
