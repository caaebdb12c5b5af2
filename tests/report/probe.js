/* Put into a page by test_html.py: walks through all moments as a person would
 * and writes what the page shows of each into an element of its own. */
"use strict";

(function () {

const seen = { moments: [], keys: {}, arrows: [] };
const slider = document.getElementById("slider");
const place = () => Number(slider.value);
const event = () => Number(document.body.dataset.event);

function text(node, selector) {
    const found = node.querySelector(selector);
    return found && !found.closest("[hidden]") ? found.textContent : "";
}

function cards() {
    return Array.from(document.querySelectorAll(".card"), (card) => ({
        cookie: card.dataset.cookie,
        end: card.closest(".end").id,
        state: text(card, ".state"),
        class: card.dataset.class,
        name: text(card, ".name"),
        flight: text(card, ".send .flight"),
        unsent: text(card, ".send .unsent"),
        unread: text(card, ".recv .unread") || text(card, ".recv .bytes"),
        half: text(card, ".half-open span"),
        ready: text(card, ".ready span"),
    }));
}

function slideTo(index) {
    slider.value = index;
    slider.dispatchEvent(new Event("input"));
}

function press(key) {
    document.dispatchEvent(new KeyboardEvent("keydown",
        { key, bubbles: true, cancelable: true }));
    return place();
}

function swipe(from, to) {
    const stage = document.getElementById("stage");
    const at = (type, x) => stage.dispatchEvent(new PointerEvent(type,
        { pointerType: "touch", clientX: x, clientY: 300, bubbles: true }));
    at("pointerdown", from);
    at("pointerup", to);
    return place();
}

for (let i = 0; i <= Number(slider.max); i++) {
    slideTo(i);
    seen.moments.push({ event: event(), cards: cards() });
}
/* Backwards the same, from other snapshots. */
seen.backwards = seen.moments.every((m, i) => {
    const back = seen.moments.length - 1 - i;
    slideTo(back);
    return JSON.stringify(cards()) ===
        JSON.stringify(seen.moments[back].cards);
});

seen.keys.home = press("Home");
seen.keys.left_of_first = press("ArrowLeft");
seen.keys.right = press("ArrowRight");
seen.keys.right_again = press("ArrowRight");
seen.keys.left = press("ArrowLeft");
seen.keys.page_down = press("PageDown");
seen.keys.note = text(document, "#note");
seen.keys.page_down_again = press("PageDown");
seen.keys.page_up = press("PageUp");
seen.keys.end = press("End");
seen.keys.right_of_last = press("ArrowRight");
press("Home");
seen.keys.swipe_left = swipe(300, 100);
seen.keys.swipe_right = swipe(100, 300);
seen.keys.scroll = swipe(100, 130);

for (const item of document.querySelectorAll(".l-item")) {
    press("Home");
    item.dispatchEvent(new MouseEvent("click", { bubbles: true }));
    seen.arrows.push([Number(item.dataset.seq), event()]);
}

seen.width = [document.documentElement.scrollWidth, innerWidth];
seen.small = Array.from(document.querySelectorAll("button, #slider"))
    .filter((node) => node.offsetParent !== null &&
        (node.offsetWidth < 44 || node.offsetHeight < 44))
    .map((node) => node.id || node.className);
seen.scripts = document.scripts.length;
seen.strangers = document.querySelectorAll(
    "img, iframe, object, embed, link, base, form, a, audio, video").length;
seen.pwned = "pwned" in window || document.title === "pwned";

press("Home");
press(" ");
setTimeout(() => {
    const result = document.createElement("pre");
    seen.keys.played = place();
    seen.keys.paused = press(" ");
    result.id = "probe";
    result.textContent = JSON.stringify(seen);
    document.body.append(result);
}, 2600);

}());
