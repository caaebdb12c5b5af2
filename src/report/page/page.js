/* Shows one moment of a recorded stage at a time.
 *
 * The recording is a list of JSON merge patches (RFC 7396), one a moment: what
 * that moment changed. stateAt() turns a moment's number into its state; show()
 * draws a state. Texts of the recording reach the page as text only, never as
 * markup. */
"use strict";

(function () {

const recording = JSON.parse(document.getElementById("recording").textContent);
const lang = document.documentElement.lang;
const byId = (id) => document.getElementById(id);

/* ---- moments ------------------------------------------------------------- */

/* Returns the patched object and leaves the old one alone: what the patch does
 * not touch is shared by both, so that === tells what has changed. */
function mergePatch(target, patch) {
    if (patch === null || typeof patch !== "object" || Array.isArray(patch))
        return patch;
    const result = Object.assign(Object.create(null), target);
    for (const key of Object.keys(patch)) {
        if (patch[key] === null)
            delete result[key];
        else
            result[key] = mergePatch(result[key], patch[key]);
    }
    return result;
}

const SNAPSHOT_EVERY = 64;
const NOTHING_YET = { t: 0, event: 0, processes: {}, sockets: {}, deed: {} };

/* From a moment's number to its state: from the nearest snapshot on. */
function makeStateAt(patches) {
    const snapshots = [NOTHING_YET];

    return function stateAt(index) {
        let known = Math.min(Math.floor(index / SNAPSHOT_EVERY),
            snapshots.length - 1);
        let state = snapshots[known];
        for (let i = known * SNAPSHOT_EVERY; i <= index; i++) {
            if (i % SNAPSHOT_EVERY === 0)
                snapshots[i / SNAPSHOT_EVERY] = state;
            state = mergePatch(state, patches[i]);
        }
        return state;
    };
}

const moments = recording.moments;
const last = moments.length - 1;
const stateAt = makeStateAt(moments);

/* The first moment that has seen that event. */
function momentOfEvent(event) {
    let low = 0, high = last;
    while (low < high) {
        const middle = (low + high) >> 1;
        if (moments[middle].event > event)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

/* Where a step begins: at each narration and question, else at each call. */
function findSteps() {
    const has = (wanted) => moments.map((m, i) => i).filter((i) =>
        i === 0 || i === last || wanted(moments[i]));
    const told = has((m) => m.note || m.question);
    return told.length > 2 ? told : has((m) => m.deed && m.deed.call);
}

const steps = findSteps();

/* ---- words --------------------------------------------------------------- */

/* The translated words, each %s (or %2$s) an argument. */
function say(key, ...args) {
    let next = 0;
    return recording.words[key].replace(/%(?:(\d)\$)?s/g,
        (all, place) => args[place ? place - 1 : next++]);
}

const number = (n) => n.toLocaleString(lang);
const bytes = (n) => say("bytes", number(n));

function duration(seconds) {
    const ms = Math.max(seconds, 0) * 1000;
    if (ms < 99.5)
        return ms.toFixed(ms < 9.95 ? 1 : 0) + " ms";
    return seconds < 10 ? seconds.toFixed(1) + " s"
                        : Math.floor(seconds) + " s";
}

/* ---- elements ------------------------------------------------------------ */

function element(tag, className, ...children) {
    const made = document.createElement(tag);
    if (className)
        made.className = className;
    made.append(...children);
    return made;
}

function setText(node, text) {
    if (node.textContent !== text)
        node.textContent = text;
    node.hidden = text === "";
}

/* ---- a socket ------------------------------------------------------------ */

const SCALE_WHEN_UNKNOWN = 16384; /* bytes, where the kernel told no limit */

/* A bar of two parts and the same in words. */
function makeMeter(name) {
    const first = element("i", "first");
    const second = element("i", "second");
    const bar = element("span", "bar", first, second);
    const words = element("span", "bytes");
    const row = element("div", "meter " + name,
        element("span", "what", say(name)), bar, words);

    bar.setAttribute("aria-hidden", "true");
    return {
        row,
        update(parts, limit, texts) {
            const all = parts[0] + parts[1];
            const scale = Math.max(limit || SCALE_WHEN_UNKNOWN, all);
            first.style.width = parts[0] / scale * 100 + "%";
            second.style.width = parts[1] / scale * 100 + "%";
            first.hidden = parts[0] === 0;
            second.hidden = parts[1] === 0;
            words.replaceChildren(...texts);
            row.classList.toggle("empty", all === 0);
        },
    };
}

function sendTexts(flight, unsent) {
    const texts = [];
    if (flight > 0)
        texts.push(element("span", "flight", say("flight", bytes(flight))));
    if (unsent > 0)
        texts.push(element("span", "unsent", say("unsent", bytes(unsent))));
    return texts.length > 0 ? texts : [say("sent")];
}

function recvTexts(socket) {
    const [waiting, limit, memory] = socket.recv;
    if (memory !== undefined)
        return memory > 0 ? [say("next_datagram", bytes(waiting))]
                          : [say("read")];
    if (waiting === 0)
        return [say("read")];
    const texts = [element("span", "unread", say("to_read", bytes(waiting)))];
    if (limit)
        texts.push(element("span", "limit", say("limit", number(limit))));
    return texts;
}

/* One of a listener's queues: how full it is, and who stands in it. */
function makeQueue(className) {
    const words = element("span");
    const slots = element("span", "slots");
    const row = element("div", "queue " + className, words, slots);

    return {
        row,
        update(text, [count, names], limit) {
            const boxes = names.map((name) => element("b", "", name));
            words.textContent = text;
            if (count > names.length && names.length > 0)
                boxes.push(say("more_slots", number(count - names.length)));
            if (count > 0 && count >= limit)
                boxes.push(element("strong", "full", say("full")));
            slots.replaceChildren(...boxes);
            row.classList.toggle("empty", count === 0);
        },
    };
}

function ignoredText(socket) {
    if (!socket.ignored)
        return "";
    if (socket.listener)
        return socket.ignored;
    return say("datagrams_ignored", number(socket.ignored));
}

function timerText(timer, t) {
    if (!timer)
        return "";
    return say("timer", timer.words, duration(timer.at - t));
}

const CARRIES_DATA = ["ESTABLISHED", "CLOSE_WAIT", "FIN_WAIT_1", "FIN_WAIT_2"];

/* Empty meters of a socket that can't carry data say nothing. */
function showsMeters(socket) {
    const full = (list) => list !== undefined && (list[0] > 0 || list[1] > 0);
    if (full(socket.send) || (socket.recv && socket.recv[0] > 0))
        return true;
    return socket.class !== "kernel" &&
        (CARRIES_DATA.includes(socket.state) ||
            (socket.recv !== undefined && socket.recv.length === 3));
}

function makeCard() {
    const part = (className) => element("span", className);
    const name = part("name"), address = part("address"), state = part("state");
    const words = part("words"), ignored = element("p", "ignored");
    const timer = element("p", "timer");
    const send = makeMeter("send"), recv = makeMeter("recv");
    const half = makeQueue("half-open"), ready = makeQueue("ready");
    const card = element("article", "card",
        element("h4", "", name, address), element("p", "", state, words),
        half.row, ready.row, send.row, recv.row, ignored, timer);

    function updateMeters(socket) {
        const shows = showsMeters(socket);
        send.row.hidden = !shows || socket.send === undefined;
        recv.row.hidden = !shows || socket.recv === undefined;
        if (socket.send)
            send.update(socket.send, socket.send[2],
                sendTexts(socket.send[0], socket.send[1]));
        if (socket.recv)
            recv.update([socket.recv[2] || socket.recv[0], 0], socket.recv[1],
                recvTexts(socket));
    }

    function updateQueues(listener) {
        half.row.hidden = ready.row.hidden = listener === undefined;
        if (listener === undefined)
            return;
        /* Linux keeps one more than listen() was given. */
        const limit = listener.backlog + 1;
        half.update(say("half_open", number(listener.half[0]), number(limit)),
            listener.half, limit);
        ready.update(say("ready", number(listener.ready[0]), number(limit),
            number(listener.backlog)), listener.ready, limit);
    }

    return {
        node: card,
        update(socket, t) {
            card.dataset.cookie = socket.cookie;
            card.dataset.class = socket.class;
            setText(name, socket.name || "");
            setText(address, socket.address || "");
            setText(state, socket.state);
            setText(words, socket.words || "");
            updateMeters(socket);
            updateQueues(socket.listener);
            setText(ignored, ignoredText(socket));
            setText(timer, timerText(socket.timer, t));
        },
    };
}

/* ---- an end: its processes with their sockets ------------------------------ */

function makeGroup(host) {
    const name = element("span", "name");
    const empty = element("span", "empty", say("no_socket"));
    const waits = element("span", "waits");
    const cards = element("div", "cards");
    const node = element("section", "group",
        element("h3", "", name, empty, waits), cards);

    return {
        node,
        cards,
        /* A client's sockets tell whose they are. */
        update(process, t) {
            const holds = cards.children.length > 0;
            setText(name, host === "client" && holds ? "" : process.name);
            empty.hidden = holds || process.waits !== undefined;
            setText(waits, process.waits === undefined ? "" :
                "◴ " + say("waiting_in", process.waits,
                    duration(t - process.since)));
        },
    };
}

/* Puts `wanted` into `parent`, in that order, and moves no more than needed. */
function arrange(parent, wanted) {
    wanted.forEach((node, i) => {
        if (parent.children[i] !== node)
            parent.insertBefore(node, parent.children[i] || null);
    });
    while (parent.children.length > wanted.length)
        parent.lastChild.remove();
}

function makeEnd(host) {
    const things = document.querySelector("#" + host + " .things");
    const nobody = element("p", "nobody", say("nobody"));
    const groups = new Map();
    const cards = new Map();
    const kernel = makeGroup("");

    const pick = (all) => Object.keys(all).filter((id) =>
        all[id].host === host);
    const keep = (map, id, make) => {
        if (!map.has(id))
            map.set(id, make());
        return map.get(id);
    };

    function updateCard(id, state, before) {
        const card = keep(cards, id, makeCard);
        card.update(state.sockets[id], state.t);
        card.node.classList.toggle("changed", before !== null &&
            before.sockets[id] !== state.sockets[id]);
        return card.node;
    }

    return function update(state, before) {
        const ids = pick(state.sockets);
        const held = (name) => ids.filter((id) =>
            state.sockets[id].process === name);
        const shown = pick(state.processes).map((id) => {
            const group = keep(groups, id, () => makeGroup(host));
            const process = state.processes[id];
            arrange(group.cards, held(process.name).map((socket) =>
                updateCard(socket, state, before)));
            group.update(process, state.t);
            return group.node;
        });
        const orphans = held(undefined);
        if (orphans.length > 0) {
            arrange(kernel.cards, orphans.map((socket) =>
                updateCard(socket, state, before)));
            kernel.update({ name: say("kernel") }, state.t);
            shown.push(kernel.node);
        }
        arrange(things, shown.length > 0 ? shown : [nobody]);
    };
}

/* ---- the story: narration, question, what happened ------------------------- */

function makeStory() {
    const note = byId("note"), question = byId("question"), todo = byId("todo");
    let asked = null;

    /* An option tells whether it is right once it is chosen, or the kernel has
     * answered. */
    function makeOption(text, isRight, answered) {
        const button = element("button", "option", text);
        const judge = () => {
            button.classList.add(isRight ? "right" : "wrong");
            button.append(element("em", "",
                (isRight ? "✓ " : "✗ ") + say(isRight ? "right" : "wrong")));
            button.disabled = true;
        };
        button.type = "button";
        button.addEventListener("click", judge);
        if (answered && isRight)
            judge();
        return button;
    }

    function updateQuestion(now) {
        if (now === asked)
            return;
        asked = now;
        question.hidden = !now;
        if (now)
            question.replaceChildren(element("p", "", now.text),
                element("div", "options", ...now.options.map((text, i) =>
                    makeOption(text, i + 1 === now.right, now.answered))));
    }

    return function update(state) {
        if (state.note)
            note.lang = state.note.lang;
        setText(note, state.note ? state.note.text : "");
        updateQuestion(state.question);
        setText(todo, state.todo ? say("todo") + " " + state.todo : "");
    };
}

/* " → 5", " → ConnectionRefusedError (ECONNREFUSED)", " ◴ waiting" */
function resultNodes(deed) {
    if (deed.waits)
        return [element("span", "waits", " ◴ " + say("waiting"))];
    if (deed.result === undefined)
        return [];
    const nodes = [element("span", deed.failed ? "error" : "result",
        " → " + deed.result)];
    if (deed.took !== undefined)
        nodes.push(element("span", "took", " " +
            say("after", duration(deed.took))));
    return nodes;
}

function deedNodes(deed) {
    const nodes = [];
    if (deed.who)
        nodes.push(element("b", "who", deed.who), " ");
    if (deed.text)
        nodes.push(element(deed.call ? "code" : "span", "", deed.text));
    return nodes.concat(resultNodes(deed));
}

function updateDeed(deed) {
    const nodes = deedNodes(deed);
    if (deed.why)
        nodes.push(element("span", "why", deed.why));
    byId("deed").className = deed.kind || "";
    byId("deed").replaceChildren(...nodes);
}

/* ---- the log: the latest calls, each with what it has given by then --------- */

const LOG_LINES = 5;

/* All deeds are patches to each other: the whole ones, made once. */
const deeds = (function () {
    let deed = {};
    return moments.map((m) => m.deed ? (deed = mergePatch(deed, m.deed)) : deed);
}());

function updateLog(index) {
    const seen = new Set();
    const rows = [];
    for (let i = index; i >= 0 && rows.length < LOG_LINES; i--) {
        const deed = deeds[i];
        if (!deed.call || !moments[i].deed || seen.has(deed.call))
            continue;
        seen.add(deed.call);
        rows.unshift(element("li", "",
            element("time", "", moments[i].t.toFixed(3)), ...deedNodes(deed)));
    }
    byId("calls").replaceChildren(...rows);
}

/* ---- the ladder: an <svg>, each item with the events that began and ended it - */

const LEAST_SEEN_PX = 60;

function makeLadder() {
    const pane = byId("ladder");
    const items = Array.from(pane.querySelectorAll(".l-item"), (node) => ({
        node,
        begin: Number(node.dataset.seq),
        end: Number(node.dataset.end),
    }));
    const calm = matchMedia("(prefers-reduced-motion: reduce)");

    /* How much of the pane is to be seen: on a phone the controls cover some. */
    function seenHeight(top) {
        const end = Math.min(top + pane.clientHeight,
            byId("controls").getBoundingClientRect().top);
        return end - top > LEAST_SEEN_PX ? end - top : pane.clientHeight;
    }

    /* What has begun is at the item's top, what has ended at its bottom. */
    function scrollTo(item, event, smoothly) {
        const top = pane.getBoundingClientRect().top;
        const box = item.node.getBoundingClientRect();
        const there = item.end < event ? box.bottom : box.top;
        const y = pane.scrollTop + there - top - seenHeight(top) * 0.65;
        pane.scrollTo({
            top: y,
            left: (pane.scrollWidth - pane.clientWidth) / 2,
            behavior: smoothly && !calm.matches ? "smooth" : "auto",
        });
    }

    /* Fingers are wide, arrows are not: the nearest one is meant. */
    function nearest(y) {
        const away = (item) => {
            const box = item.node.getBoundingClientRect();
            return Math.max(box.top - y, y - box.bottom, 0) * 1000 + box.height;
        };
        return items.reduce((a, b) => a === null || away(b) < away(a) ? b : a,
            null);
    }

    pane.addEventListener("click", (event) => {
        const direct = event.target.closest(".l-item");
        const item = direct !== null
            ? items.find((one) => one.node === direct)
            : nearest(event.clientY);
        if (!item)
            return;
        const begin = momentOfEvent(item.begin);
        show(current === begin ? momentOfEvent(item.end) : begin);
    });

    return function update(state, from, smoothly) {
        const isNow = (event) => event >= from && event < state.event;
        let newest = null, newestEvent = -1;
        for (const item of items) {
            const has = item.node.classList;
            const begun = item.begin < state.event;
            has.toggle("future", !begun);
            has.toggle("open", begun && item.end >= state.event);
            has.toggle("now", isNow(item.begin) || isNow(item.end));
            const latest = item.end < state.event ? item.end : item.begin;
            if (begun && latest > newestEvent) {
                newest = item;
                newestEvent = latest;
            }
        }
        if (newest)
            scrollTo(newest, state.event, smoothly);
        else
            pane.scrollTop = 0;
    };
}

/* ---- curtains: what a lesson hides until the class has voted ----------------- */

function makeCurtain(part) {
    const section = byId(part);
    const button = element("button", "curtain", say("curtain"),
        element("span", "", say("look")));
    let drawn = false;

    button.type = "button";
    button.hidden = true;
    button.addEventListener("click", () => {
        button.hidden = true;
        section.classList.remove("hidden");
    });
    section.append(button);
    return function update(state) {
        const hides = state.hidden !== undefined && state.hidden.includes(part);
        if (hides === drawn)
            return;
        drawn = hides;
        button.hidden = !hides;
        section.classList.toggle("hidden", hides);
    };
}

/* ---- all of it ----------------------------------------------------------- */

const slider = byId("slider");
const updateStory = makeStory();
const updateEnds = ["client", "server"].map(makeEnd);
const updateLadder = makeLadder();
const updateCurtains = ["client", "wire", "server"].map(makeCurtain);
let current = -1;

function updatePlace(state) {
    const place = say("place", number(current + 1), number(last + 1));
    const time = state.t.toFixed(3) + " s";
    byId("place").replaceChildren(element("b", "", time), " ",
        element("span", "", place));
    slider.value = current;
    slider.setAttribute("aria-valuetext", place + ", " + time);
    slider.style.setProperty("--done", (last ? current / last : 0) * 100 + "%");
}

function show(index) {
    const wanted = Math.min(Math.max(index, 0), last);
    if (wanted === current || isNaN(wanted))
        return;
    const one = wanted === current + 1;
    const before = wanted > 0 ? stateAt(wanted - 1) : null;
    const state = mergePatch(before || NOTHING_YET, moments[wanted]);
    current = wanted;
    document.body.dataset.event = state.event;
    updateStory(state);
    updateDeed(state.deed);
    updateEnds.forEach((update) => update(state, before));
    updateLog(wanted);
    updateLadder(state, before === null ? 0 : before.event, one);
    updateCurtains.forEach((update) => update(state));
    setText(byId("wire-words"), state.wire || "");
    updatePlace(state);
    rememberPlace();
}

function showStep(direction) {
    const ahead = steps.filter((i) => direction > 0 ? i > current
                                                    : i < current);
    show(direction > 0 ? Math.min(...ahead, last) : Math.max(...ahead, 0));
}

/* ---- playing: as long as a moment takes to read ------------------------------ */

const MOMENT_MS = 700, PAUSE_MS = 2000, NOTE_MS = 1200, NOTE_MOST_MS = 9000;
const SPEEDS = [1, 2, 0.5];
let timer = null;
let speed = 0;

function stayMs(index) {
    const told = moments[index].note || moments[index].question;
    const gap = (moments[index + 1].t - moments[index].t) * 1000;
    const real = Math.min(Math.max(gap, MOMENT_MS), PAUSE_MS);
    if (!told)
        return real;
    const letter = lang === "ko" ? 90 : 50;
    return Math.min(NOTE_MS + told.text.length * letter, NOTE_MOST_MS);
}

function setPlaying(plays) {
    const button = byId("play");
    const label = say(plays ? "pause" : "play");
    clearTimeout(timer);
    timer = plays ? setTimeout(playOn, stayMs(current) / SPEEDS[speed]) : null;
    button.textContent = plays ? "❚❚" : "▶";
    button.setAttribute("aria-label", label);
    button.title = label + " (Space)";
}

function playOn() {
    show(current + 1);
    setPlaying(current < last);
}

function togglePlay() {
    if (timer !== null) {
        setPlaying(false);
        return;
    }
    if (current === last)
        show(0);
    setPlaying(last > 0);
}

/* Any other move stops it. */
function go(move) {
    setPlaying(false);
    move();
}

/* ---- keys, buttons, fingers -------------------------------------------------- */

const ACTIONS = {
    "ArrowRight": () => go(() => show(current + 1)),
    "ArrowDown": () => go(() => show(current + 1)),
    "ArrowLeft": () => go(() => show(current - 1)),
    "ArrowUp": () => go(() => show(current - 1)),
    "Home": () => go(() => show(0)),
    "End": () => go(() => show(last)),
    "PageDown": () => go(() => showStep(1)),
    "PageUp": () => go(() => showStep(-1)),
    " ": togglePlay,
};

document.addEventListener("keydown", (event) => {
    const action = ACTIONS[event.key];
    const isButton = event.target.tagName === "BUTTON" && event.key === " ";
    if (!action || isButton || event.ctrlKey || event.altKey || event.metaKey)
        return;
    event.preventDefault();
    action();
});

slider.max = last;
slider.addEventListener("input", () => go(() => show(Number(slider.value))));
byId("back").addEventListener("click", ACTIONS.ArrowLeft);
byId("forth").addEventListener("click", ACTIONS.ArrowRight);
byId("step-back").addEventListener("click", ACTIONS.PageUp);
byId("step-forth").addEventListener("click", ACTIONS.PageDown);
byId("play").addEventListener("click", togglePlay);
byId("speed").addEventListener("click", (event) => {
    speed = (speed + 1) % SPEEDS.length;
    event.target.textContent = SPEEDS[speed] === 0.5 ? "½×"
                                                     : SPEEDS[speed] + "×";
});

/* Along the page: a swipe to the left goes on, to the right back. */
const SWIPE_PX = 50;
let touched = null;

byId("stage").addEventListener("pointerdown", (event) => {
    touched = event.pointerType === "mouse" ? null
                                            : { x: event.clientX, y: event.clientY };
});
byId("stage").addEventListener("pointerup", (event) => {
    if (touched === null)
        return;
    const x = event.clientX - touched.x;
    const y = event.clientY - touched.y;
    touched = null;
    if (Math.abs(x) >= SWIPE_PX && Math.abs(x) > 2 * Math.abs(y))
        go(() => show(current + (x < 0 ? 1 : -1)));
});
byId("story").addEventListener("click", (event) => {
    if (event.target.tagName !== "BUTTON")
        go(() => showStep(1));
});

/* ---- #moment=12: a link to a moment ------------------------------------------- */

const REMEMBER_MS = 400; /* browsers refuse what comes too often */
let remembering = null;

function rememberPlace() {
    clearTimeout(remembering);
    remembering = setTimeout(() => {
        const hash = "#moment=" + (current + 1);
        if (location.hash !== hash)
            location.replace(hash);
    }, REMEMBER_MS);
}

function placeInHash() {
    const found = /^#moment=(\d+)$/.exec(location.hash);
    return found ? Number(found[1]) - 1 : null;
}

addEventListener("hashchange", () => {
    const place = placeInHash();
    if (place !== null && place !== current)
        go(() => show(place));
});

const STEPS_SHOWN = 300; /* more would be a line */

function drawSteps() {
    const shown = steps.length <= STEPS_SHOWN ? steps : [];
    const dots = shown.map((i) => {
        const dot = element("i");
        dot.style.left = (last ? i / last : 0) * 100 + "%";
        return dot;
    });
    byId("steps").replaceChildren(...dots);
}

drawSteps();
show(placeInHash() || 0);

}());
