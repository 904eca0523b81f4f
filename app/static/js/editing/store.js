// Texts on their way to the server, in IndexedDB: written before each request, removed when the server has them. One
// record a file and window; `lasting` is false where the browser keeps nothing (then they live in this page alone).

const NAME = 'academy-editing';

const done = (request) => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});

export class Store {
  constructor() { this.memory = new Map(); this.lasting = false; }

  async open() {
    try {
      const request = indexedDB.open(NAME, 1);
      request.onupgradeneeded = () => request.result.createObjectStore('texts', { keyPath: 'key' });
      this.database = await done(request);
      this.lasting = true;
    } catch { this.lasting = false; }
    return this;
  }

  // Strict: on the disk, not in the system's memory alone, before anybody is told that it is kept.
  async put(record) {
    this.memory.set(record.key, record);
    if (!this.lasting) return;
    try {
      const change = this.database.transaction('texts', 'readwrite', { durability: 'strict' });
      change.objectStore('texts').put(record);
      await new Promise((resolve, reject) => { change.oncomplete = resolve; change.onerror = change.onabort = () => reject(change.error); });
    } catch { this.lasting = false; }
  }

  // Remove what was acknowledged, unless something newer stands there.
  async settle(key, editId) {
    if (this.memory.get(key)?.editId === editId) this.memory.delete(key);
    if (!this.database) return;
    try {
      const texts = this.database.transaction('texts', 'readwrite').objectStore('texts');
      const record = await done(texts.get(key));
      if (record?.editId === editId) await done(texts.delete(key));
    } catch { /* what stays is sent once more, which is harmless */ }
  }

  async all(prefix) {
    let kept = [];
    if (this.database) try { kept = await done(this.database.transaction('texts').objectStore('texts').getAll()); } catch { /* memory */ }
    const found = new Map([...kept.map((record) => [record.key, record]), ...this.memory]);
    return [...found.values()].filter((record) => record.key.startsWith(prefix)).sort((a, b) => a.at - b.at);
  }
}
