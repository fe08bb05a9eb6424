// Where unsent texts wait: IndexedDB, because their files wait too, because it is written before
// anything is sent even if the page is closed in that moment, and because it holds more than 5 MB.

const FLAG = "outbox";

let opened;

function open() {
  opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open("sreda", 1);
    request.addEventListener("upgradeneeded", () => request.result.createObjectStore("outbox", { keyPath: "id" }));
    request.addEventListener("success", () => resolve(request.result));
    request.addEventListener("error", () => reject(request.error));
  });
  return opened;
}

async function run(mode, work) {
  const transaction = (await open()).transaction("outbox", mode);
  const request = work(transaction.objectStore("outbox"));
  return new Promise((resolve, reject) => {
    transaction.addEventListener("complete", () => resolve(request.result));
    transaction.addEventListener("abort", () => reject(transaction.error));
  });
}

/** Keep an item, new or changed. Rejects where the browser keeps nothing. */
export async function keep(item) {
  await run("readwrite", (store) => store.put(item));
  localStorage.setItem(`${FLAG}:${item.viewer}`, "1");
}

/** Forget an item. */
export async function discard(item) {
  await run("readwrite", (store) => store.delete(item.id));
  if (!(await mine(item.viewer)).length) localStorage.removeItem(`${FLAG}:${item.viewer}`);
}

/** What this person has not got sent, the oldest first: never what another has. */
export async function mine(viewer) {
  if (!viewer) return [];
  const items = await run("readonly", (store) => store.getAll()).catch(() => []);
  return items.filter((item) => item.viewer === viewer).sort((one, other) => one.at - other.at);
}

/** Whether an item is still there: another window may have sent it. */
export async function waitsHere(item) {
  return Boolean(await run("readonly", (store) => store.get(item.id)));
}
