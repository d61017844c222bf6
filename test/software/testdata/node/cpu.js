// Calculations that V8 compiles, collects the garbage of, or hands to native code.
const crypto = require('crypto');
const zlib = require('zlib');

function fib(n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); }

let t = 0;
for (let i = 0; i < 1e7; i++) t = (t * 31 + i) >>> 0;
console.log(fib(30), t);

const m = new Map();
for (let i = 0; i < 300000; i++) m.set('k' + (i % 5000), i);
console.log(m.size, m.get('k77'));

console.log(crypto.createHash('sha256').update(Buffer.alloc(1 << 22, 7)).digest('hex'));
const text = Buffer.from('all work and no play '.repeat(20000));
console.log(zlib.gunzipSync(zlib.gzipSync(text)).equals(text));

console.log([3, 1, 2].sort(), JSON.stringify({ a: [1.5, null, 'x'] }), /(\d+)-(\w+)/.exec('12-ab')[2]);
console.log(0.1 + 0.2, Math.sin(1), Math.fround(0.1), BigInt(2) ** 100n % 1000007n);

let list = [];
for (let r = 0; r < 50; r++) {
  list = [];
  for (let i = 0; i < 20000; i++) list.push({ i, s: 'x' + i });
}
console.log(list.length);

// Code that is compiled for integers, and then sees something else.
function add(a, b) { return a + b; }
let sum = 0;
for (let i = 0; i < 100000; i++) sum = add(sum, i);
console.log(add(sum, 0.5), add('a', 1), add([1], {}));

let depth = 0;
function down() { depth++; down(); }
try { down(); } catch (e) { console.log(e instanceof RangeError, depth > 1000); }

const wasm = new Uint8Array([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 7, 1, 96, 2, 127, 127, 1, 127, 3, 2, 1, 0,
  7, 7, 1, 3, 97, 100, 100, 0, 0, 10, 9, 1, 7, 0, 32, 0, 32, 1, 106, 11]);
WebAssembly.instantiate(wasm).then(r => console.log('wasm', r.instance.exports.add(2, 3)));
