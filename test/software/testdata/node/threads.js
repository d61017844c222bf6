// Worker threads on shared memory, a child process, and a TCP connection to itself.
const { Worker, isMainThread, workerData, parentPort } = require('worker_threads');

if (!isMainThread) {
  const v = new Int32Array(workerData);
  for (let i = 0; i < 200000; i++) Atomics.add(v, 0, 1);
  Atomics.add(v, 1, 1);
  Atomics.notify(v, 1);
  while (Atomics.load(v, 1) < 8) Atomics.wait(v, 1, Atomics.load(v, 1), 50);
  parentPort.postMessage(Atomics.load(v, 0));
  return;
}

function workers() {
  const shared = new SharedArrayBuffer(8);
  return Promise.all(Array.from({ length: 8 }, () => new Promise((good, bad) => {
    new Worker(__filename, { workerData: shared }).on('message', good).on('error', bad);
  })));
}

function child() {
  return new Promise(good => require('child_process').exec('echo child; exit 3', (e, out) => good([e.code, out.trim()])));
}

function echo() {
  const net = require('net');
  return new Promise(good => {
    const server = net.createServer(c => c.pipe(c)).listen(0, '127.0.0.1', () => {
      const c = net.connect(server.address().port, '127.0.0.1');
      let n = 0;
      c.on('data', d => {
        n += d.length;
        if (n < 1000000) return;
        c.end();
        server.close();
        good(n);
      });
      c.write(Buffer.alloc(1000000));
    });
  });
}

async function main() {
  console.log('workers', await workers());
  console.log('child', await child());
  console.log('echo', await echo());
  const list = await Promise.all(Array.from({ length: 20 }, () => require('fs').promises.readFile(__filename)));
  console.log('files', new Set(list.map(String)).size);
}
main();
