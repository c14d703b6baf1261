/* Checks a published Fairlead site in the browser: log, files, draws, decisions, counts.
 *
 * One plain script on purpose: pages opened from a disk may load no modules, and nothing is built,
 * bundled or fetched from elsewhere. It shares no code with `fairlead verify` or verify.py; tests
 * hold the three against each other. Hashes, Ed25519 and the beacon's BLS signatures are computed
 * here with BigInt, so that it also works where the browser offers no WebCrypto (plain http).
 * None of this arithmetic is hardened against timing attacks; it knows no secret.
 */
(function () {
"use strict";

/* A sentence with places {}, and what stands in them: the page says it in its own language. */
class Said {
  constructor(id, values) { Object.assign(this, { id, values }); }
  toString() { return this.values.reduce((text, value) => text.replace("{}", () => String(value)), this.id); }
}
const say = (parts, ...values) => new Said(parts.join("{}"), values);
const term = (word) => new Said(word, []);
class Bad extends Error {
  constructor(said) { super(String(said)); this.said = said instanceof Said ? said : term(said); }
}
const why = (error) => error.said ?? error.message;
const need = (holds, said) => { if (!holds) throw new Bad(said); };
const has = (object, key) => Object.prototype.hasOwnProperty.call(object, key);
const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
const isInt = (value) => typeof value === "number";
const isText = (value) => typeof value === "string";
const isHex = (value, digits = 64) => isText(value) && value.length === digits && /^[0-9a-f]*$/.test(value);
const length = (text) => [...text].length;

// == 1. bytes and canonical JSON ===================================================================

const utf8 = (text) => new TextEncoder().encode(text);
const loose = (data) => new TextDecoder("utf-8", { ignoreBOM: true }).decode(data);
const hex = (data) => Array.from(data, (one) => one.toString(16).padStart(2, "0")).join("");
const unhex = (text) => Uint8Array.from(text.match(/../g) || [], (two) => parseInt(two, 16));
const same = (a, b) => a.length === b.length && a.every((one, i) => one === b[i]);
const number = (data) => data.reduce((sum, one) => (sum << 8n) | BigInt(one), 0n);
const joined = (...parts) => {
  const all = new Uint8Array(parts.reduce((sum, one) => sum + one.length, 0));
  parts.reduce((at, one) => (all.set(one, at), at + one.length), 0);
  return all;
};
const bytesOf = (value, width) => unhex(BigInt(value).toString(16).padStart(width * 2, "0"));

function strict(data) {
  try { return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(data); }
  catch { throw new Bad("is not UTF-8"); }
}

/* Order of code points; JavaScript's own order is that of UTF-16 units. */
const rank = (unit) => (unit >= 0xe000 ? unit - 0x800 : unit >= 0xd800 ? unit + 0x2000 : unit);
function compare(a, b) {
  for (let i = 0; i < a.length && i < b.length; i++) {
    const [x, y] = [a.charCodeAt(i), b.charCodeAt(i)];
    if (x !== y) return rank(x) - rank(y);
  }
  return a.length - b.length;
}

/* Strings, integers 0…2^53-1, lists, objects; everything else is refused. */
function parse(data) {
  const text = strict(data);
  let at = 0;
  const token = (pattern) => {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match) at += match[0].length;
    return match && match[0];
  };
  const space = () => token(/[ \t\n\r]*/y);
  const string = () => {
    const found = token(/"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y);
    need(found !== null, say`is not JSON at character ${at}`);
    const value = JSON.parse(found);
    need(!/\p{Surrogate}/u.test(value), "holds a lone surrogate");
    return value;
  };
  const list = (end, item) => {
    at++;
    space();
    if (text[at] === end) { at++; return; }
    for (;;) {
      space();
      item();
      space();
      const next = text[at++];
      if (next === end) return;
      need(next === ",", say`is not JSON at character ${at}`);
    }
  };
  const value = (depth) => {
    need(depth <= 64, "is nested too deeply");
    if (text[at] === '"') return string();
    if (text[at] === "[") {
      const items = [];
      list("]", () => items.push(value(depth + 1)));
      return items;
    }
    if (text[at] === "{") {
      const object = Object.create(null);
      list("}", () => {
        const key = string();
        need(!has(object, key), say`repeats the key ${key}`);
        space();
        need(text[at++] === ":", say`is not JSON at character ${at}`);
        space();
        object[key] = value(depth + 1);
      });
      return object;
    }
    const digits = token(/-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?/y);
    need(digits && /^[0-9]{1,16}$/.test(digits) && Number.isSafeInteger(Number(digits)),
      say`holds what no record may hold at character ${at}`);
    return Number(digits);
  };
  space();
  const result = value(0);
  space();
  need(at === text.length, "has trailing data");
  return result;
}

/* RFC 8785 as text; JavaScript's sort is by UTF-16 units, as it asks. */
function canonicalText(value) {
  if (Array.isArray(value)) return `[${value.map(canonicalText).join(",")}]`;
  if (!isObject(value)) return JSON.stringify(value);
  const pairs = Object.keys(value).sort().map((key) => `${JSON.stringify(key)}:${canonicalText(value[key])}`);
  return `{${pairs.join(",")}}`;
}
const canonical = (value) => utf8(canonicalText(value));

function parseCanonical(data) {
  const value = parse(data);
  need(same(canonical(value), data), "is not in canonical form");
  return value;
}

function seconds(value, name) {
  const match = isText(value) && /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)Z$/.exec(value);
  need(match, say`${name} is no time`);
  const [year, month, day, hour, minute, second] = match.slice(1).map(Number);
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  date.setUTCHours(hour, minute, second);
  need(year >= 1 && date.toISOString() === `${value.slice(0, 19)}.000Z`, say`${name} is no real time`);
  return date.getTime() / 1000;
}
const timeText = (at) => `${new Date(at * 1000).toISOString().slice(0, 19)}Z`;

// == 2. SHA-256, SHA-512, HMAC =====================================================================

/* Round constants are fractional parts of roots of the first primes: computed, not copied. */
const PRIMES = [];
for (let n = 2; PRIMES.length < 80; n++) if (PRIMES.every((p) => n % p)) PRIMES.push(n);
function rootBits(prime, power, bits) {
  const shifted = BigInt(prime) << BigInt(bits * power);
  let low = 0n, high = 1n << BigInt(bits + 5);
  while (high - low > 1n) {
    const middle = (low + high) >> 1n;
    if (middle ** BigInt(power) <= shifted) low = middle; else high = middle;
  }
  return low & ((1n << BigInt(bits)) - 1n);
}
const K256 = Int32Array.from(PRIMES.slice(0, 64), (p) => Number(BigInt.asIntN(32, rootBits(p, 3, 32))));
const H256 = Int32Array.from(PRIMES.slice(0, 8), (p) => Number(BigInt.asIntN(32, rootBits(p, 2, 32))));
const K512 = PRIMES.map((p) => rootBits(p, 3, 64));
const H512 = PRIMES.slice(0, 8).map((p) => rootBits(p, 2, 64));

function padded(data, block) {
  const all = new Uint8Array(Math.ceil((data.length + 1 + block / 8) / block) * block);
  all.set(data);
  all[data.length] = 0x80;
  new DataView(all.buffer).setBigUint64(all.length - 8, BigInt(data.length) * 8n);
  return new DataView(all.buffer);
}

function sha256(data) {
  const view = padded(data, 64), w = new Int32Array(64), h = H256.slice();
  const turned = (x, n) => (x >>> n) | (x << (32 - n));
  for (let start = 0; start < view.byteLength; start += 64) {
    for (let i = 0; i < 16; i++) w[i] = view.getInt32(start + 4 * i);
    for (let i = 16; i < 64; i++) {
      const a = w[i - 15], b = w[i - 2];
      w[i] = w[i - 16] + w[i - 7] + (turned(a, 7) ^ turned(a, 18) ^ (a >>> 3))
        + (turned(b, 17) ^ turned(b, 19) ^ (b >>> 10));
    }
    let [a, b, c, d, e, f, g, z] = h;
    for (let i = 0; i < 64; i++) {
      const one = (z + (turned(e, 6) ^ turned(e, 11) ^ turned(e, 25)) + ((e & f) ^ (~e & g)) + K256[i] + w[i]) | 0;
      const two = ((turned(a, 2) ^ turned(a, 13) ^ turned(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      z = g; g = f; f = e; e = (d + one) | 0; d = c; c = b; b = a; a = (one + two) | 0;
    }
    h[0] += a; h[1] += b; h[2] += c; h[3] += d; h[4] += e; h[5] += f; h[6] += g; h[7] += z;
  }
  const out = new DataView(new ArrayBuffer(32));
  h.forEach((word, i) => out.setInt32(4 * i, word));
  return new Uint8Array(out.buffer);
}
const shaHex = (data) => hex(sha256(data));

function sha512(data) {
  const view = padded(data, 128), h = H512.slice(), cut = (x) => BigInt.asUintN(64, x);
  const turned = (x, n) => (x >> n) | cut(x << (64n - n));
  for (let start = 0; start < view.byteLength; start += 128) {
    const w = [];
    for (let i = 0; i < 16; i++) w.push(view.getBigUint64(start + 8 * i));
    for (let i = 16; i < 80; i++) {
      const a = w[i - 15], b = w[i - 2];
      w.push(cut(w[i - 16] + w[i - 7] + (turned(a, 1n) ^ turned(a, 8n) ^ (a >> 7n))
        + (turned(b, 19n) ^ turned(b, 61n) ^ (b >> 6n))));
    }
    let [a, b, c, d, e, f, g, z] = h;
    for (let i = 0; i < 80; i++) {
      const one = z + (turned(e, 14n) ^ turned(e, 18n) ^ turned(e, 41n)) + ((e & f) ^ (cut(~e) & g)) + K512[i] + w[i];
      const two = (turned(a, 28n) ^ turned(a, 34n) ^ turned(a, 39n)) + ((a & b) ^ (a & c) ^ (b & c));
      z = g; g = f; f = e; e = cut(d + one); d = c; c = b; b = a; a = cut(one + two);
    }
    [a, b, c, d, e, f, g, z].forEach((word, i) => { h[i] = cut(h[i] + word); });
  }
  return joined(...h.map((word) => bytesOf(word, 8)));
}

function hmac(key, message) {
  const inner = new Uint8Array(64).fill(0x36), outer = new Uint8Array(64).fill(0x5c);
  key.forEach((one, i) => { inner[i] ^= one; outer[i] ^= one; });
  return sha256(joined(outer, sha256(joined(inner, message))));
}

// == 3. the Merkle tree (RFC 6962) =================================================================

const leafHash = (entry) => sha256(joined([0], entry));
const nodeHash = (left, right) => sha256(joined([1], left, right));

function levelsOf(leaves) {
  const levels = [leaves];
  while (levels[levels.length - 1].length > 1) {
    const below = levels[levels.length - 1], above = [];
    for (let i = 0; i + 1 < below.length; i += 2) above.push(nodeHash(below[i], below[i + 1]));
    levels.push(above);
  }
  return levels;
}

function rootOf(levels, size) {
  const parts = [];
  let start = 0;
  for (let level = levels.length - 1; level >= 0; level--) {
    if (Math.floor(size / 2 ** level) % 2) {
      parts.push(levels[level][start / 2 ** level]);
      start += 2 ** level;
    }
  }
  return parts.reduceRight((right, left) => nodeHash(left, right));
}

/* Whether an inclusion proof holds (RFC 9162, 2.1.3.2). */
function leadsTo(leaf, index, size, proof, root) {
  let fn = index, sn = size - 1, result = leaf;
  const half = (n) => Math.floor(n / 2);
  for (const sibling of proof) {
    if (sn === 0) return false;
    if (fn % 2 || fn === sn) {
      result = nodeHash(sibling, result);
      while (fn && fn % 2 === 0) { fn = half(fn); sn = half(sn); }
    } else result = nodeHash(result, sibling);
    fn = half(fn);
    sn = half(sn);
  }
  return index < size && sn === 0 && same(result, root);
}

function tilePath(level, index, width) {
  const groups = [String(index % 1000).padStart(3, "0")];
  while ((index = Math.floor(index / 1000))) groups.unshift(`x${String(index % 1000).padStart(3, "0")}`);
  return `log/tile/${level}/${groups.join("/")}${width === 256 ? "" : `.p/${width}`}`;
}
const tilesOf = (size) => Array.from({ length: Math.ceil(size / 256) },
  (_, index) => [index, Math.min(256, size - index * 256)]);

// == 4. numbers modulo a prime, Ed25519, notes =====================================================

const mod = (a, m) => { const rest = a % m; return rest < 0n ? rest + m : rest; };
function power(base, exponent, m) {
  let result = 1n;
  for (base = mod(base, m); exponent; exponent >>= 1n, base = base * base % m) {
    if (exponent & 1n) result = result * base % m;
  }
  return result;
}
function inverse(a, m) {
  let [x, y, u, v] = [mod(a, m), m, 1n, 0n];
  while (x > 1n) {
    const times = y / x;
    [x, y, u, v] = [y - times * x, x, v - times * u, u];
    if (x === 0n) return 0n;
  }
  return mod(u, m);
}

const Q = 2n ** 255n - 19n;
const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;
const D = mod(-121665n * inverse(121666n, Q), Q);
const little = (data) => number(Uint8Array.from(data).reverse());

function edSum(a, b) {
  const one = mod((a[1] - a[0]) * (b[1] - b[0]), Q), two = (a[1] + a[0]) * (b[1] + b[0]) % Q;
  const three = 2n * a[3] * b[3] * D % Q, four = 2n * a[2] * b[2] % Q;
  const [e, f, g, h] = [two - one, four - three, four + three, two + one];
  return [mod(e * f, Q), g * h % Q, mod(f * g, Q), mod(e * h, Q)];
}
function edTimes(times, point) {
  let result = [0n, 1n, 1n, 0n];
  for (; times; times >>= 1n, point = edSum(point, point)) if (times & 1n) result = edSum(result, point);
  return result;
}
function edPoint(data) {
  const all = little(data), sign = all >> 255n, y = all & (2n ** 255n - 1n);
  const square = mod((y * y - 1n) * inverse(D * y * y + 1n, Q), Q);
  let x = power(square, (Q + 3n) / 8n, Q);
  if (x * x % Q !== square) x = x * power(2n, (Q - 1n) / 4n, Q) % Q;
  if (y >= Q || x * x % Q !== square || (x === 0n && sign)) return null;
  if ((x & 1n) !== sign) x = Q - x;
  return [x, y, 1n, x * y % Q];
}
const BASE = edPoint(bytesOf(4n * inverse(5n, Q) % Q, 32).reverse());

/* RFC 8032, 5.1.7, without cofactor. */
function ed25519(key, message, signature) {
  const point = edPoint(key);
  if (point === null || signature.length !== 64) return false;
  const s = little(signature.slice(32));
  const h = little(sha512(joined(signature.slice(0, 32), key, message))) % ORDER;
  const [x, y, z] = edSum(edTimes(s, BASE), edTimes(h, [mod(-point[0], Q), point[1], 1n, mod(-point[3], Q)]));
  const over = inverse(z, Q), encoded = (y * over % Q) | ((x * over % Q & 1n) << 255n);
  return s < ORDER && same(bytesOf(encoded, 32).reverse(), signature.slice(0, 32));
}

function unbase64(text) {
  let raw = "";
  try { raw = atob(text); } catch { throw new Bad("is not base64"); }
  need(btoa(raw) === text, "is not canonical base64");
  return Uint8Array.from(raw, (one) => one.charCodeAt(0));
}

/* name+hex8+base64(kind ‖ 32 bytes); kind 1 is a log, 4 a witness. */
function keyOf(given) {
  const text = given.trim(), first = text.indexOf("+"), second = text.indexOf("+", first + 1);
  const name = text.slice(0, first);
  need(first > 0 && second > 0 && /^[^\s+]+$/.test(name), "is not name+id+key");
  const raw = unbase64(text.slice(second + 1));
  need(raw.length === 33 && (raw[0] === 1 || raw[0] === 4), "is no Ed25519 or cosignature/v1 key");
  const id = shaHex(joined(utf8(`${name}\n`), raw)).slice(0, 8);
  need(text.slice(first + 1, second) === id, "states another key id than its key has");
  return { text, name, id, kind: raw[0], public: raw.slice(1) };
}

/* The text of a signed note, and {key: time or 0} of those of `keys` that signed it. */
function openNote(note, keys) {
  need(!/[\x00-\x09\x0b-\x1f]/.test(note), "holds a control character");
  const cut = note.lastIndexOf("\n\n");
  need(cut >= 0 && note.endsWith("\n") && note.length > cut + 2, "has no signatures after an empty line");
  const text = note.slice(0, cut + 1), lines = note.slice(cut + 2, -1).split("\n"), signed = new Map();
  need(lines.length <= 100, "has more than 100 signatures");
  for (const line of lines) {
    const match = /^— ([^\s+]+) ([A-Za-z0-9+/]+={0,2})$/.exec(line);
    need(match, "has a malformed signature line");
    const raw = unbase64(match[2]);
    need(raw.length >= 5, "has a signature without bytes");
    for (const key of keys) {
      if (key.name !== match[1] || key.id !== hex(raw.slice(0, 4)) || signed.has(key.text)) continue;
      let message = text, signature = raw.slice(4), at = 0;
      if (key.kind === 4) {
        need(signature.length === 72, "has a cosignature of a wrong length");
        const stamp = number(signature.slice(0, 8));
        at = Number(stamp);
        signature = signature.slice(8);
        message = `cosignature/v1\ntime ${stamp}\n${text}`;
      }
      need(ed25519(key.public, utf8(message), signature), say`signature by ${key.name} is wrong`);
      signed.set(key.text, at);
    }
  }
  need(signed.size, "note is not signed by any key given");
  return [text, signed];
}

/* The size that a checkpoint states; nothing about it is verified yet. */
function statedSize(note) {
  const lines = note.split("\n");
  need(lines.length > 2 && /^(0|[1-9][0-9]{0,18})$/.test(lines[1]), "is no checkpoint: has no size");
  return Number(lines[1]);
}

function openCheckpoint(note, key, origin) {
  const lines = openNote(note, [key])[0].slice(0, -1).split("\n");
  need(lines.length >= 3 && lines.every(Boolean), "is not origin, size and root in lines");
  need(/^(0|[1-9][0-9]{0,18})$/.test(lines[1]) && BigInt(lines[1]) < 2n ** 63n, "has no size");
  const root = unbase64(lines[2]);
  need(root.length === 32, "its root has not 32 bytes");
  need(lines[0] === origin, say`is of the log ${lines[0]}, not ${origin}`);
  return [Number(lines[1]), root];
}

// == 5. the drand quicknet beacon: BLS signatures on BLS12-381 =====================================
// S is right when e(S, G2) = e(H(round), KEY). Fp12 is Fp[w]/(w^12 - 2w^6 + 2); i = w^6 - 1.

const P = 0x1a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaabn;
const R = 0x73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001n;
const X = 0xd201000000010000n; // minus the curve's parameter
const CHAIN = "52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971";
const GENESIS = 1692803367, PERIOD = 3;
const BEACON_KEY = "83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c8c4b450b6a0a6c3ac6a5776a2d106451"
  + "0d1fec758c921cc22b0e17e63aaf4bcb5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a";
const G2_GENERATOR = "93e02b6052719f607dacd3a088274f65596bd0d09920b61ab5da61bbdc7f5049334cf11213945d57e5ac7d055d042b7e"
  + "024aa2b2f08f0a91260805272dc51051c6e47ad4fa403b02b4510b647ae3d1770bac0326a805bbefd48056c8c121bdb8";
const mp = (a) => mod(a, P);
const f2 = (a, b) => [mp(a[0] * b[0] - a[1] * b[1]), mp(a[0] * b[1] + a[1] * b[0])];
const less = (a, b) => [mp(a[0] - b[0]), mp(a[1] - b[1])];
function f2Inverse(a) {
  const norm = inverse(a[0] * a[0] + a[1] * a[1], P);
  return [mp(a[0] * norm), mp(-a[1] * norm)];
}
function root(a) {
  const found = power(a, (P + 1n) / 4n, P);
  return found * found % P === mp(a) ? found : null;
}
const isLarger = (...coordinates) => (coordinates.find((one) => one) || 0n) > (P - 1n) / 2n;

/* A compressed point of the right subgroup; null for everything else, infinity included. */
function g1Point(data) {
  if (data.length !== 48 || data[0] >> 6 !== 2) return null;
  const x = number(data) & (2n ** 381n - 1n), y = x < P ? root(x ** 3n + 4n) : null;
  if (y === null) return null;
  const point = [x, isLarger(y) === Boolean(data[0] & 0x20) ? y : P - y];
  return g1Times(R, point, 0n) === null ? point : null;
}
function g2Point(text) {
  const data = unhex(text), x = [number(data.slice(48)), number(data.slice(0, 48)) & (2n ** 381n - 1n)];
  const cube = f2(f2(x, x), x), a = cube[0] + 4n, b = cube[1] + 4n;
  const norm = root(a * a + b * b), half = inverse(2n, P);
  let y0 = root((a + norm) * half) || root((a - norm) * half);
  let y1 = mp(b * inverse(2n * y0, P));
  if (isLarger(y1, y0) !== Boolean(data[0] & 0x20)) [y0, y1] = [P - y0, P - y1];
  return [x, [y0, y1]];
}
/* The sum of two points of y² = x³ + ax + …; null is the point at infinity. */
function g1Add(p, q, a) {
  if (p === null || q === null) return p || q;
  let slope = 0n;
  if (p[0] === q[0]) {
    if ((p[1] + q[1]) % P === 0n) return null;
    slope = mp((3n * p[0] * p[0] + a) * inverse(2n * p[1], P));
  } else slope = mp((q[1] - p[1]) * inverse(q[0] - p[0], P));
  const x = mp(slope * slope - p[0] - q[0]);
  return [x, mp(slope * (p[0] - x) - p[1])];
}
function g1Times(times, point, a) {
  let result = null;
  for (; times; times >>= 1n, point = g1Add(point, point, a)) if (times & 1n) result = g1Add(result, point, a);
  return result;
}

/* RFC 9380, BLS12381G1_XMD:SHA-256_SSWU_RO; the isogeny of degree 11 by Vélu's formulas. */
const A11 = 0x144698a3b8e9433d693a02c96d4982b0ea985383ee66a8d8e8981aefd881ac98936f8da0e0f97f5cf428082d584c1dn;
const B11 = 0x12e2908d11688030018b12e8753eee3b2016c1f0f24f4070a0b9c14fcef35ef55a23215a316ceaa5d1cc48e98e172be0n;
const KERNEL = [
  0x140d41735b10ce710727cd9356905701a2b866b803baa468948b7f423ddcc560c9a8f1cd5f8ed4297c37464fb8bfe4a7n,
  0x10ef325dd1e98bdf0d97a4c6b7f968ed7f31f2fbff088acb39d5319cfc261ea18773405f325612742f0c5d90634bcf4n,
  0x1665a9c648e78314490a94f654d9b1039ab85847223bfaed9aa54f0f07736d122d1ceca1ac0e9123e753fde16e97c3d7n,
  0xd7f2d0d03ae035321eed4c1479d13251abf0e9a96479623eb5380b575e319851fb5e5a8b43b9c1a46880f54bf2b2f7cn,
  0x105249b4cac630ce5aa18e6c1189a18c82019b4e12e491fbac012c259ca3a67f638560b8bb416af02a4724385ed0fc8en,
];
const DST = utf8("BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_");

function expanded(message) {
  const tail = joined(DST, [DST.length]);
  const first = sha256(joined(new Uint8Array(64), message, [0, 128, 0], tail));
  const blocks = [sha256(joined(first, [1], tail))];
  for (const i of [2, 3, 4]) {
    blocks.push(sha256(joined(first.map((one, k) => one ^ blocks[i - 2][k]), [i], tail)));
  }
  return joined(...blocks);
}
function mapped(u) {
  const tv = mp(11n * u * u), both = mp(tv * tv + tv);
  let x = both ? mp(-B11 * inverse(A11, P) * (1n + inverse(both, P))) : mp(B11 * inverse(11n * A11, P));
  let y = root(x ** 3n + A11 * x + B11);
  if (y === null) {
    x = mp(tv * x);
    y = root(x ** 3n + A11 * x + B11);
  }
  return [x, (y & 1n) === (u & 1n) ? y : P - y];
}
function hashToG1(message) {
  const data = expanded(message);
  const point = g1Add(mapped(number(data.slice(0, 64)) % P), mapped(number(data.slice(64)) % P), A11);
  if (point === null) return null;
  let [x, slope] = [point[0], 1n];
  for (const q of KERNEL) {
    if (point[0] === q) return null;
    const t = 6n * q * q + 2n * A11, u = 4n * (q ** 3n + A11 * q + B11), d = inverse(point[0] - q, P);
    x = mp(x + t * d + u * d * d);
    slope = mp(slope - (t + 2n * u * d) * d * d);
  }
  const eleventh = inverse(11n, P);
  return g1Times(X + 1n, [mp(x * eleventh ** 2n), mp(point[1] * slope * eleventh ** 3n)], 0n);
}

function f12(a, b) {
  const c = new Array(23).fill(0n);
  for (let i = 0; i < 12; i++) if (a[i]) for (let j = 0; j < 12; j++) c[i + j] += a[i] * b[j];
  return f12Reduced(c);
}
function f12Square(a) {
  const c = new Array(23).fill(0n);
  for (let i = 0; i < 12; i++) {
    c[2 * i] += a[i] * a[i];
    for (let j = i + 1, twice = 2n * a[i]; j < 12; j++) c[i + j] += twice * a[j];
  }
  return f12Reduced(c);
}
function f12Reduced(c) {
  for (let k = 22; k > 11; k--) {
    c[k - 6] += 2n * c[k];
    c[k - 12] -= 2n * c[k];
  }
  return c.slice(0, 12).map(mp);
}
const F12_ONE = [1n, ...new Array(11).fill(0n)], W = [0n, 1n, ...new Array(10).fill(0n)];
function f12Power(base, exponent) {
  let result = F12_ONE;
  for (const bit of exponent.toString(2)) {
    result = f12Square(result);
    if (bit === "1") result = f12(base, result);
  }
  return result;
}
const conjugate = (a) => a.map((one, i) => (i % 2 ? mp(-one) : one)); // the P^6-th power
/* The P-th power: coefficients stay, w becomes w^P. */
let wPowers = null;
function frobenius(a, times = 1) {
  if (wPowers === null) {
    const w = f12Power(W, P);
    wPowers = [F12_ONE];
    for (let k = 1; k < 12; k++) wPowers.push(f12(w, wPowers[k - 1]));
  }
  const sum = new Array(12).fill(0n);
  a.forEach((one, k) => { if (one) wPowers[k].forEach((two, i) => { sum[i] += one * two; }); });
  return times > 1 ? frobenius(sum.map(mp), times - 1) : sum.map(mp);
}
/* By norms: a·conj(a) is in Fp6, its three conjugates' product in Fp2. */
function f12Inverse(a) {
  const over = conjugate(a), norm = f12(a, over), two = frobenius(norm, 2), rest = f12(two, frobenius(two, 2));
  const small = f12(norm, rest), [x, y] = f2Inverse([small[0] + small[6], small[6]]);
  const last = new Array(12).fill(0n);
  [last[0], last[6]] = [mp(x - y), y];
  return f12(last, f12(over, rest));
}
/* Tangents and chords of the Miller loop for a fixed G2 point: per bit [[slope, constant], …]. */
const lineCache = new Map();
function linesOf(text) {
  if (lineCache.has(text)) return lineCache.get(text);
  const [x, y] = g2Point(text), steps = [];
  let [ax, ay] = [x, y];
  for (const bit of X.toString(2).slice(1)) {
    const step = [];
    for (const isChord of bit === "1" ? [false, true] : [false]) {
      const square = f2(ax, ax);
      const rise = isChord ? less(y, ay) : [3n * square[0], 3n * square[1]];
      const run = isChord ? less(x, ax) : [2n * ay[0], 2n * ay[1]];
      const slope = f2(rise, f2Inverse(run));
      step.push([slope, less(f2(slope, ax), ay)]);
      const next = less(less(f2(slope, slope), ax), isChord ? x : ax);
      ay = less(f2(slope, less(ax, next)), ay);
      ax = next;
    }
    steps.push(step);
  }
  lineCache.set(text, steps);
  return steps;
}
/* Whether the product of the pairings of (G1 point, G2 constant) is 1. */
function isPaired(pairs) {
  const loops = pairs.map(([point, text]) => [point, linesOf(text)]);
  let f = F12_ONE;
  for (let i = 0; i < loops[0][1].length; i++) {
    f = f12Square(f);
    for (const [[x, y], steps] of loops) {
      for (const [slope, constant] of steps[i]) {
        const line = new Array(12).fill(0n);
        [line[0], line[6]] = [mp(constant[0] - constant[1]), constant[1]];
        [line[2], line[8]] = [mp((slope[1] - slope[0]) * x), mp(-slope[1] * x)];
        line[3] = y;
        f = f12(line, f);
      }
    }
  }
  // f^((P^12-1)/R) = 1, its exponent as (P^6-1)(P^2+1) times a third of
  // (X+1)^2 (P-X) (X^2+P^2-1) + 3; after the first factor an inverse is a conjugate.
  let g = f12(conjugate(f), f12Inverse(f));
  g = f12(frobenius(g, 2), g);
  let t = f12(f12Power(g, X), g);
  t = f12(f12Power(t, X), t);
  t = f12(frobenius(t), conjugate(f12Power(t, X)));
  t = f12(f12(f12Power(f12Power(t, X), X), frobenius(t, 2)), conjugate(t));
  t = f12(t, f12(f12Square(g), g));
  return t.every((one, i) => one === F12_ONE[i]);
}
const beaconCache = new Map();
function isBeaconSignature(round, signature) {
  const name = `${round} ${hex(signature)}`;
  if (!beaconCache.has(name)) {
    const point = g1Point(signature), message = hashToG1(sha256(bytesOf(round, 8)));
    beaconCache.set(name, point !== null && message !== null
      && isPaired([[[point[0], P - point[1]], G2_GENERATOR], [message, BEACON_KEY]]));
  }
  return beaconCache.get(name);
}

// == 6. draws ======================================================================================

const PROTOCOL = "fairlead/draw/1", BANDS = ["enterprise", "mid_market", "smb"];
const COMMON = "protocol draw attempt kind policy_sha256 opens_at closes_at sources";
const OWN = { ladder: "entrants prizes pool extra", select: "candidates shares" };
const SOURCE_KEYS = { drand: "kind chain delay_s round", public: "kind what form at", operator: "kind commitment" };
const REVEAL_KEYS = { drand: "kind signature", public: "kind what value", operator: "kind secret" };

const tagged = (tag, body) => sha256(joined(utf8(`${PROTOCOL}/${tag}\n`), body));
const openingHash = (opening) => hex(tagged("opening", canonical(opening)));

function keyed(value, name, keys, more = false) {
  need(isObject(value), say`${name} must be an object`);
  for (const key of keys.split(" ")) need(has(value, key), say`${name} lacks ${key}`);
  need(more || Object.keys(value).length === keys.split(" ").length, say`${name} has an unknown key`);
  return value;
}
function whole(value, name, low, high = Number.MAX_SAFE_INTEGER) {
  need(isInt(value) && low <= value && value <= high, say`${name} must be from ${low} to ${high}`);
  return value;
}
function texted(value, name, longest = Infinity) {
  need(isText(value) && value !== "" && length(value) <= longest, say`${name} must be a text`);
  return value;
}
function ascending(value, name, least) {
  need(Array.isArray(value) && value.length >= least, say`${name} must be a list`);
  value.forEach((one, i) => {
    texted(one, name, 200);
    need(i === 0 || compare(value[i - 1], one) < 0, say`${name} are not sorted, each once`);
  });
  return value;
}

function checkOpening(opening) {
  keyed(opening, "opening", COMMON, true);
  need(opening.protocol === PROTOCOL, "opening is of another protocol");
  const kind = opening.kind;
  need(isText(kind) && has(OWN, kind), "opening is of an unknown kind");
  keyed(opening, "opening", OWN[kind], true);
  const parts = texted(opening.draw, "draw").split("/");
  need(parts.every(Boolean) && (kind === "select" ? [2] : [3, 4]).includes(parts.length),
    say`draw ${opening.draw.slice(0, 80)} is no ${kind}'s id`);
  whole(opening.attempt, "attempt", 1);
  need(isHex(opening.policy_sha256), "policy_sha256 is no SHA-256");
  const opens = seconds(opening.opens_at, "opens_at"), closes = seconds(opening.closes_at, "closes_at");
  need(opens < closes, "closes_at must be later than opens_at");
  checkSources(opening.sources, closes);
  if (kind === "ladder") {
    ascending(opening.entrants, "entrants", 1);
    const prizes = new Set(ascending(opening.prizes, "prizes", 1));
    need(opening.pool === "none" || isHex(opening.pool), "pool is no hash");
    need(ascending(opening.extra, "extra", 0).every((one) => prizes.has(one)), "extra is no prize");
  } else {
    need(Array.isArray(opening.shares), "shares must be a list");
    let total = 0;
    const names = new Set();
    for (const share of opening.shares) {
      need(Array.isArray(share) && share.length === 2, "a share must be [name, count]");
      names.add(texted(share[0], "share"));
      total += whole(share[1], "count", 0);
    }
    need(names.size === opening.shares.length, "shares repeat a name");
    need(total <= ascending(opening.candidates, "candidates", 0).length, "shares count too many");
  }
  return opening;
}

function checkSources(sources, closes) {
  need(Array.isArray(sources) && sources.length, "a draw needs a source of chance");
  const kind = isObject(sources[0]) ? sources[0].kind : "";
  need(isText(kind) && has(SOURCE_KEYS, kind), "a source is of an unknown kind");
  need(sources.every((one) => isObject(one) && one.kind === kind), "sources must be of one kind");
  need(sources.length <= (kind === "public" ? 3 : 1), say`too many ${kind} sources`);
  for (const one of sources) {
    keyed(one, "source", SOURCE_KEYS[kind]);
    if (kind === "drand") {
      need(one.chain === CHAIN, "source is of another chain");
      const after = closes + whole(one.delay_s, "delay_s", 60, 86400) - GENESIS;
      need(after >= 0, "the round would lie before the beacon's genesis");
      const due = Math.ceil(after / PERIOD) + 1;
      need(one.round === due, say`round must be ${due}`);
    } else if (kind === "public") {
      texted(one.what, "what");
      texted(one.form, "form");
      need(seconds(one.at, "at") >= closes + 3600, "at must be an hour after closing");
    } else need(isHex(one.commitment), "commitment is no SHA-256");
  }
  if (kind === "public") {
    need(new Set(sources.map((one) => one.what)).size === sources.length, "sources repeat a value");
    need(sources.map((one) => one.form).join("").split("0").length > 7, "sources have under 7 digits");
  }
}

function sourceTime(opening) {
  const first = opening.sources[0];
  if (first.kind === "drand") return GENESIS + (first.round - 1) * PERIOD;
  if (first.kind === "public") return Math.max(...opening.sources.map((one) => seconds(one.at, "at")));
  return seconds(opening.closes_at, "closes_at");
}

/* What to look up for a public source and, where its opening says so, at which address. */
function askedAt(opening, i) {
  const { what } = opening.sources[i], hint = Array.isArray(opening.look_up) ? opening.look_up[i] : null;
  return isObject(hint) && isText(hint.address) ? say`${what} at ${hint.address}` : what;
}

function checkClosing(closing, opening) {
  const isLadder = opening.kind === "ladder";
  keyed(closing, "closing", `protocol opening${isLadder ? " lines" : ""}`);
  need(closing.protocol === PROTOCOL, "closing is of another protocol");
  need(closing.opening === openingHash(opening), "closing is of another opening");
  if (isLadder) {
    const entrants = new Set(opening.entrants), lines = closing.lines;
    need(Array.isArray(lines), "lines must be a list");
    need(!lines.length || entrants.size > 1, "one entrant has no lines");
    lines.forEach((line, i) => {
      keyed(line, "line", "entrant left level");
      need(entrants.has(texted(line.entrant, "entrant", 200)), "a line is by a stranger");
      whole(line.left, "left", 0, entrants.size - 2);
      whole(line.level, "level", 0, 999);
      need(i === 0 || compare(lines[i - 1].entrant, line.entrant) < 0, "lines are not sorted, one an entrant");
    });
  }
  return closing;
}

function sourceBytes(source, reveal, checkBeacon) {
  const kind = source.kind;
  need(isObject(reveal) && reveal.kind === kind, "a reveal is of another kind");
  keyed(reveal, "reveal", REVEAL_KEYS[kind]);
  if (kind === "drand") {
    need(isHex(reveal.signature, 96), "signature is not 96 hex digits");
    const signature = unhex(reveal.signature);
    need(!checkBeacon || isBeaconSignature(source.round, signature),
      say`signature is not the beacon's for round ${source.round}`);
    return sha256(signature);
  }
  if (kind === "public") {
    need(reveal.what === source.what, "a reveal is of another value");
    const given = [...texted(reveal.value, "value")], form = [...source.form];
    need(given.length === form.length
      && form.every((one, i) => (one === "0" ? "0123456789".includes(given[i]) : one === given[i])),
      say`value ${reveal.value.slice(0, 60)} must match ${source.form.slice(0, 60)}`);
    return tagged("public", utf8(reveal.value));
  }
  need(isHex(reveal.secret), "secret is not 64 hex digits");
  const secret = unhex(reveal.secret);
  need(hex(tagged("operator", secret)) === source.commitment, "secret does not open its commitment");
  return secret;
}

/* uniform(bound): the next number below it, each equally likely. */
function stream(seed, label) {
  let block = 0n, words = [];
  const word = () => {
    if (!words.length) {
      const digest = hmac(seed, joined(utf8(`${label}\n`), bytesOf(block++, 8)));
      const view = new DataView(digest.buffer);
      words = [0, 8, 16, 24].map((start) => view.getBigUint64(start));
    }
    return words.shift();
  };
  return (bound) => {
    const below = BigInt(bound), limit = 2n ** 64n - 2n ** 64n % below;
    for (;;) {
      const found = word();
      if (found < limit) return Number(found % below);
    }
  };
}

function derive(opening, closing, reveals, checkBeacon = true) {
  checkOpening(opening);
  checkClosing(closing, opening);
  const sources = opening.sources;
  need(Array.isArray(reveals) && reveals.length === sources.length, "reveals must be one per source");
  const chance = sources.map((one, i) => sourceBytes(one, reveals[i], checkBeacon));
  const opened = openingHash(opening), closed = hex(tagged("closing", canonical(closing)));
  const seed = tagged("seed", joined(unhex(opened), unhex(closed), ...chance));
  const result = { opening_hash: opened, closing_hash: closed, seed: hex(seed) };
  if (opening.kind === "select") result.selected = select(opening.candidates, opening.shares, seed);
  else Object.assign(result, ladder(opening.entrants, opening.prizes, closing.lines, seed));
  if (sources[0].kind === "drand" && !checkBeacon) result.beacon = "unchecked";
  return result;
}

function select(candidates, shares, seed) {
  const uniform = stream(seed, "select"), order = candidates.map((_, i) => i), given = Object.create(null);
  const total = shares.reduce((sum, share) => sum + share[1], 0);
  for (let i = 0; i < total; i++) {
    const j = i + uniform(order.length - i);
    [order[i], order[j]] = [order[j], order[i]];
  }
  let start = 0;
  for (const [name, count] of shares) {
    given[name] = order.slice(start, start + count).sort((a, b) => a - b).map((k) => candidates[k]);
    start += count;
  }
  return given;
}

function ladder(entrants, prizes, lines, seed) {
  const n = entrants.length, standing = [...entrants], winners = Object.create(null), all = [];
  const cross = (columns, left) => { [columns[left], columns[left + 1]] = [columns[left + 1], columns[left]]; };
  const own = [...lines].sort((a, b) => a.level - b.level || a.left - b.left || compare(a.entrant, b.entrant));
  for (const line of own) cross(standing, line.left);
  for (let start = 0; start < prizes.length; start += n) {
    const uniform = stream(seed, `ladder/${start / n}`), rungs = [], columns = [...standing];
    for (let k = 1; k < n; k++) {
      const steps = uniform(k + 1);
      for (let step = 1; step <= steps; step++) rungs.push(k - step);
    }
    for (const left of rungs) cross(columns, left);
    prizes.slice(start, start + n).forEach((prize, i) => { winners[prize] = columns[i]; });
    all.push(rungs);
  }
  const result = { rung_counts: all.map((rungs) => rungs.length), rungs_sha256: shaHex(canonical(all)), winners };
  return n <= 10 ? { ...result, rungs: all } : result;
}

// == 7. the site ===================================================================================

/* Files by path in memory (tests). */
class MemorySite {
  constructor(files) { this.files = files; this.paths = new Set(Object.keys(files)); }
  async ready() {}
  async read(path) {
    need(this.paths.has(path), say`${path}: is missing`);
    return this.files[path];
  }
}

/* A folder that the reader picked. */
class PickedSite {
  constructor(files) {
    this.files = new Map();
    for (const file of files) this.files.set(file.webkitRelativePath.split("/").slice(1).join("/"), file);
    this.paths = new Set(this.files.keys());
  }
  async ready() {}
  async read(path) {
    need(this.files.has(path), say`${path}: is missing`);
    return new Uint8Array(await this.files.get(path).arrayBuffer());
  }
}

/* The address this page came from; files that nothing refers to cannot be seen. */
class AddressSite {
  constructor(base) { this.base = base; this.paths = null; this.known = new Map(); }
  async ready(paths) {
    const waiting = paths.filter((path) => !this.known.has(path));
    const worker = async () => {
      while (waiting.length) { try { await this.read(waiting.pop()); } catch { /* said when it is read */ } }
    };
    await Promise.all(Array.from({ length: 16 }, worker));
  }
  async read(path) {
    if (!this.known.has(path)) {
      let answer = null;
      try { answer = await fetch(new URL(path.split("/").map(encodeURIComponent).join("/"), this.base), { cache: "no-store" }); }
      catch (error) { throw new Bad(say`${path}: cannot be fetched: ${why(error)}`); }
      need(answer.status !== 404, say`${path}: is missing`);
      need(answer.ok, say`${path}: HTTP status ${answer.status}`);
      this.known.set(path, new Uint8Array(await answer.arrayBuffer()));
    }
    return this.known.get(path);
  }
}

function readObject(data, path, isCanonical = true) {
  let value = null;
  try { value = isCanonical ? parseCanonical(data) : parse(data); }
  catch (error) { throw new Bad(say`${path}: ${why(error)}`); }
  need(isObject(value), say`${path}: is not an object`);
  return value;
}

// == 8. the checks =================================================================================

const TYPES = ["policy", "snapshot", "commitment", "opening", "closing", "outcome", "void", "allocation",
  "publication", "override", "appeal", "reassignment", "correction", "key"];
const SHAPES = {
  policy: "id:text version:text sha256:hex text:text approvals:list effective_from:text",
  snapshot: "run:text snapshot:hex policy_sha256:hex as_of:text leads:count reps:count loads:list reconstructed:text",
  allocation: "run:text snapshot:hex policy_sha256:hex decisions:hex bundle:hex counts:counts owned:count held:count",
  publication: "run:text audience:text",
};
const IS_RIGHT = {
  text: isText, list: Array.isArray, count: isInt, hex: isHex,
  counts: (one) => isObject(one) && Object.values(one).every((two) => isObject(two) && Object.values(two).every(isInt)),
};
const METHODS = ["lottery", "skill_match", "rotation", "junior", "sdr", "exception", "none"];
const VOID_REASONS = { "beacon-gap": "drand", "event-cancelled": "public", "secret-lost": "operator" };
const UNCHANGED = "draw kind policy_sha256 entrants prizes pool extra candidates shares".split(" ");
const DAY = 24 * 3600, OPERATOR_GRACE = 600;
const NOTE = /^([^\s<>][^\n<>]*\n(?:0|[1-9][0-9]*)\n[A-Za-z0-9+/]{43}=\n)\n+((?:— \S+ [A-Za-z0-9+/=]+(?:\n|$(?![^])))+)/gm;

// What approvals of a policy stand for: SHA-256 of its text without its `approvals:` block.
function approvedHash(text) {
  const kept = [];
  let inside = false, blocks = 0;
  for (const line of text.split("\n")) {
    if (line.startsWith("approvals:")) blocks += 1;
    inside = line.startsWith("approvals:") || (inside && (line.startsWith(" ") || line.startsWith("- ")));
    if (!inside) kept.push(line);
  }
  if (inside) kept.push(""); // the block is the end of the file: the line before it has its line end
  if (blocks !== 1 || /[\r\x85\u2028\u2029]/.test(text)) return null;
  return shaHex(utf8(kept.join("\n")));
}

const sortedPaths = (paths) => [...(paths || [])].sort();

class Found {
  constructor(name) { this.name = name; this.rows = []; }
  say(outcome, detail) { this.rows.push([outcome, this.name, detail]); }
  failed(detail) { this.say("failed", detail); }
  unless(holds, detail) { if (!holds) this.failed(detail); }
}

const INTAKE = /^[0-9]{4}-W(?:0[1-9]|[1-4][0-9]|5[0-3])-[1-7](?:T(?:[01][0-9]|2[0-3]))?$/;
const AWAITS = "awaits_lottery";

class Draw {
  constructor(entry, opening) {
    Object.assign(this, { entry, opening, hash: openingHash(opening), id: opening.draw, status: "pending" });
    this.parts = this.id.split("/");
    this.kind = opening.sources[0].kind;
    this.isSelect = opening.kind === "select";
    this.sourceTime = sourceTime(opening);
    this.named = { closing: [], outcome: [], void: [] };
    this.name = `draw ${this.id}${opening.attempt === 1 ? "" : ` attempt ${opening.attempt}`}`;
  }
  /* The prizes that a run between the Mondays drew; none where `waited` is malformed. */
  get waited() {
    const waited = has(this.opening, "waited") && isObject(this.opening.waited) ? Object.values(this.opening.waited) : [];
    const isGood = waited.every((leads) => Array.isArray(leads) && leads.every(isText));
    return new Set(isGood ? waited.flat() : []);
  }
  get result() {
    return this.status === "finished" ? this.named.outcome[0].value[this.isSelect ? "selected" : "winners"] : {};
  }
}

class Verification {
  /* options: now (seconds), key, since, seen (seconds), or held [[since, seen or null], …], trust; progress(text) is
     called now and then. */
  constructor(options) {
    Object.assign(this, { key: "", since: "", seen: null, trust: "", progress: () => {} }, options);
    Object.assign(this, { checks: [], logged: [], draws: [], decided: new Map(), witnessed: [], good: [], levels: null });
    this.opened = new Map();
  }

  async step(name, act) {
    const found = new Found(name);
    let good = "";
    this.progress(name);
    try { good = await act(found); }
    catch (error) {
      found.failed(error instanceof Bad ? error.said : say`cannot be checked: ${error}`);
    }
    if (!found.rows.some((row) => row[0] === "failed" || row[0] === "skipped")) this.checks.push(["ok", name, good]);
    this.checks.push(...found.rows);
  }

  async run(site) {
    this.site = site;
    await this.step("log", (found) => this.readLog(found));
    if (this.levels === null) {
      this.checks.push(["skipped", "everything else", "the log cannot be read"]);
      return this.verdict([]);
    }
    await this.step("log folder", (found) => this.checkLogFolder(found));
    await this.step("records", (found) => this.readRecords(found));
    await this.step("witnesses", (found) => this.checkWitnesses(found));
    const held = this.held || (this.since ? [[this.since, this.seen]] : []);
    for (const [text, seen] of held) await this.step("since", (found) => this.checkSince(text, seen, found));
    await this.step("published files", (found) => this.checkManifest(found));
    const stamps = this.good.filter((path) => path.endsWith(".tsr")).length;
    if (stamps) this.checks.push(["skipped", "time-stamps", say`${stamps} RFC 3161 time-stamps are not checked by this page, fairlead verify does`]);
    await this.step("draws", (found) => this.checkDraws(found));
    for (const entry of this.firsts("allocation").values()) {
      await this.step(`decisions ${entry.run}`, (found) => this.checkDecisions(entry, found));
    }
    if (this.hasIntake()) await this.step("intake runs", (found) => this.checkIntake(found));
    await this.step("pages", (found) => this.checkPages(found));
    this.checks.push(["skipped", "replay", "decisions not re-executed"]);
    return this.verdict(this.trusts());
  }

  verdict(trusts) {
    const failures = this.checks.filter((row) => row[0] === "failed");
    const more = failures.length > 1 ? ` (and ${failures.length - 1} more)` : "";
    let [word, code, what] = ["VERIFIED", 0, ""];
    if (failures.length) [word, code, what] = ["FAILED", 1, `${failures[0][1]}: ${failures[0][2]}${more}`];
    else if (trusts.some(([kind]) => kind === "operator")) [word, code] = ["OPERATOR-TRUSTED", 4];
    else if (trusts.some(([, isProven]) => !isProven)) [word, code] = ["ORDER NOT PROVEN", 3];
    else if (trusts.some(([kind]) => kind === "public")) [word, code] = ["VALUE BY EYE", 5];
    return { verdict: word, what, exitCode: code, checks: this.checks };
  }

  // -- the log --

  async readLog(found) {
    const said = (name, act) => { try { return act(); } catch (error) { throw new Bad(say`${name} ${why(error)}`); } };
    const pinned = this.key ? said(term("the key given"), () => keyOf(this.key)) : null;
    const about = readObject(await this.site.read("site.json"), "site.json", false);
    need(about.format === "fairlead/site/1", "site.json: is not fairlead/site/1");
    this.audience = about.audience;
    need(about.audience === "public" || about.audience === "team", "site.json: is for an unknown audience");
    need(isText(about.origin) && isText(about.vkey), "site.json: names no origin or no vkey");
    const own = said(term("site.json: its vkey"), () => keyOf(about.vkey));
    this.origin = about.origin;
    if (!pinned) found.say("warning", say`the key is the site's own, unpinned: ${own.text}`);
    const note = strict(await this.site.read("log/checkpoint"));
    const size = statedSize(note); // believed once the key of that size is known and has signed it
    need(size > 0, "log/checkpoint: is of an empty log, which proves nothing");
    const entries = await this.readEntries(size), levels = levelsOf(entries.map(leafHash));
    await this.checkTiles(levels, size);
    this.entries = entries.map((data, index) => this.parseEntry(data, index));
    this.keys = await this.readKeys(own, pinned, levels, found);
    const [, top] = this.openAs(note, "log/checkpoint");
    need(same(rootOf(levels, size), top), "log/checkpoint: its root is not that of the entries");
    this.size = size;
    this.levels = levels;
    const rotated = this.keys.length > 1 ? say`, handed over ${this.keys.length - 1} times` : "";
    return say`${size} entries of ${this.origin}, checkpoint signed by the ${term(pinned ? "pinned" : "unpinned")} key${rotated}`;
  }

  /* The log's keys with the sizes each may sign: each signed the hand-over to the next. */
  async readKeys(own, pinned, levels, found) {
    const chain = [], ends = [];
    for (const { type, path, index } of this.entries) {
      if (type !== "key") continue;
      const data = await this.site.read(path);
      need(path === `records/${shaHex(data)}.json`, say`${path}: is not the record that was logged: its hash differs`);
      const value = keyed(readObject(data, path), path, "from to note");
      need(Object.values(value).every(isText), say`${path}: is no hand-over`);
      const old = keyOf(value.from), next = keyOf(value.to);
      need(old.kind === 1 && next.kind === 1 && index > 0, say`${path}: is no hand-over between a log's keys`);
      const root64 = btoa(String.fromCharCode(...rootOf(levels, index)));
      const text = `fairlead/key/1\norigin ${this.origin}\nfrom ${old.text}\nto ${next.text}\nsize ${index}\nroot ${root64}\n`;
      need(openNote(value.note, [old])[0] === text, say`${path}: its note is not about these keys at this place of this log`);
      need(!chain.length || chain[chain.length - 1].text === old.text, say`${path}: hands over a key that was not in force`);
      if (!chain.length) chain.push(old);
      need(chain.every((one) => one.text !== next.text), say`${path}: hands over to a key that was in use before`);
      chain.push(next);
      ends.push(index + 1);
    }
    if (!chain.length) {
      const key = pinned || own;
      found.unless(own.text === key.text, "site.json: names another key than the one given");
      return [[key, 0, Infinity]];
    }
    need(chain[chain.length - 1].text === own.text, "site.json: names a key that was not handed over to");
    need(!pinned || chain.some((one) => one.text === pinned.text), "site.json: names a key that was not handed over to by the one given");
    return chain.map((key, i) => [key, i ? ends[i - 1] : 0, i < ends.length ? ends[i] : Infinity]);
  }

  /* The key to check a checkpoint with: the one in force at its size (at a hand-over, two). */
  logKeyOf(note) {
    const size = statedSize(note), known = this.keys.filter(([, first, last]) => first <= size && size <= last).map(([key]) => key);
    const id = (key) => btoa(String.fromCharCode(...unhex(key.id).slice(0, 3)));
    return known.find((key) => note.includes(`\n— ${key.name} ${id(key)}`)) || known[known.length - 1];
  }

  openAs(data, path) {
    try {
      const note = isText(data) ? data : strict(data);
      if (!this.opened.has(note)) this.opened.set(note, openCheckpoint(note, this.logKeyOf(note), this.origin));
      return this.opened.get(note);
    } catch (error) { throw new Bad(say`${path}: ${why(error)}`); }
  }

  async readEntries(size) {
    const entries = [];
    while (entries.length < size) {
      const index = Math.floor(entries.length / 256), width = Math.min(256, size - entries.length);
      const path = tilePath("entries", index, width), data = await this.site.read(path), before = entries.length;
      for (let at = 0; at < data.length;) {
        const end = at + 2 + data[at] * 256 + data[at + 1];
        need(end <= data.length, say`${path}: ends in the middle of an entry`);
        entries.push(data.slice(at + 2, end));
        at = end;
      }
      need(entries.length === before + width, say`${path}: holds not ${width} entries`);
    }
    return entries;
  }

  async checkTiles(levels, size) {
    const expected = new Set(tilesOf(size).map(([index, width]) => tilePath("entries", index, width)));
    for (let level = 0; level < levels.length; level += 8) {
      for (const [index, width] of tilesOf(levels[level].length)) {
        const path = tilePath(level / 8, index, width);
        expected.add(path);
        const hashes = joined(...levels[level].slice(index * 256, index * 256 + width));
        need(same(await this.site.read(path), hashes), say`${path}: is not what the entries hash to`);
      }
    }
    for (const path of sortedPaths(this.site.paths)) {
      need(!path.startsWith("log/tile/") || expected.has(path), say`${path}: does not belong to this log`);
    }
  }

  parseEntry(data, index) {
    try {
      const value = keyed(parseCanonical(data), "it", "type at run record");
      need(TYPES.includes(value.type) && isHex(value.record), "has no type or record");
      need(isText(value.run) && /^([A-Za-z0-9][A-Za-z0-9._-]{0,79}|-)$/.test(value.run), "names no run");
      return { index, type: value.type, run: value.run, at: seconds(value.at, "at"), path: `records/${value.record}.json` };
    } catch (error) { throw new Bad(say`log/tile/entries, entry ${index}: ${why(error)}`); }
  }

  async checkLogFolder(found) {
    this.entries.forEach((entry, i) => {
      found.unless(i === 0 || this.entries[i - 1].at <= entry.at, say`entry ${i} says it was logged before entry ${i - 1}`);
    });
    const ahead = this.entries.filter((one) => one.at > this.now).length;
    if (ahead) found.say("warning", say`${ahead} entries carry a later time than now`);
    for (const path of sortedPaths(this.site.paths)) {
      if (!path.startsWith("log/") || path.startsWith("log/tile/")) continue;
      const match = /^log\/proof\/(0|[1-9][0-9]{0,17})\.tlog-proof$/.exec(path);
      if (match) {
        try { this.checkProof(await this.site.read(path), path, match[1]); } catch (error) { found.failed(why(error)); }
      } else found.unless(path === "log/checkpoint" || path === "log/cosignatures", say`${path}: is no file of a log`);
    }
    if (!this.site.paths) found.say("warning", "over HTTP, files that nothing refers to cannot be seen");
    return "entries in the order of their times, nothing unknown under log/";
  }

  checkProof(data, path, digits) {
    let lines = [], hashes = [], text = "";
    try {
      text = strict(data);
      lines = text.slice(0, Math.max(0, text.indexOf("\n\n"))).split("\n");
      if (lines[1] && lines[1].startsWith("extra ")) unbase64(lines.splice(1, 1)[0].slice(6));
      hashes = lines.slice(2).map(unbase64);
    } catch { throw new Bad(say`${path}: is no proof file`); }
    need(lines[0] === "c2sp.org/tlog-proof@v1" && lines[1] === `index ${digits}`, say`${path}: is not a proof of entry ${digits}`);
    need(hashes.length < 64 && hashes.every((one) => one.length === 32), say`${path}: has odd hashes`);
    const [size, top] = this.openAs(text.slice(text.indexOf("\n\n") + 2), path), index = Number(digits);
    need(index < this.size, say`${path}: is not named after the entry it proves`);
    need(leadsTo(this.levels[0][index], index, size, hashes, top), say`${path}: does not lead to its checkpoint`);
    this.checkPrefix(size, top, path);
  }

  checkPrefix(size, top, path) {
    need(size > 0, say`${path}: is a checkpoint of size 0, which proves nothing`);
    need(size <= this.size, say`${path}: is a checkpoint of ${size} entries, the site shows only ${this.size}: entries were taken back or the site is stale`);
    need(same(rootOf(this.levels, size), top), say`${path}: is a checkpoint of ${size} other entries: the log was forked or rewritten`);
  }

  // -- records, witnesses, files --

  async readRecords(found) {
    await this.site.ready(this.entries.map((entry) => entry.path));
    for (const entry of this.entries) {
      try {
        const data = await this.site.read(entry.path);
        need(entry.path === `records/${shaHex(data)}.json`, say`${entry.path}: is not the record that was logged: its hash differs`);
        entry.value = readObject(data, entry.path);
        this.checkShape(entry);
        this.logged.push(entry);
      } catch (error) { found.failed(why(error)); }
    }
    const known = new Set(this.entries.map((entry) => entry.path));
    for (const path of sortedPaths(this.site.paths)) {
      found.unless(!path.startsWith("records/") || known.has(path), say`${path}: no entry of the log refers to it`);
    }
    return say`${this.logged.length} entries have their record, canonical and with its hash`;
  }

  checkShape({ type, run, value, path }) {
    for (const field of (SHAPES[type] || "").split(" ").filter(Boolean)) {
      const [key, shape] = field.split(":");
      need(has(value, key) && IS_RIGHT[shape](value[key]), say`${path}: has no right ${key}`);
    }
    if (["snapshot", "allocation", "publication"].includes(type)) need(value.run === run, say`${path}: is of another run than its entry`);
    if (type === "policy") {
      need(shaHex(utf8(value.text)) === value.sha256, say`${path}: its text does not hash to its sha256`);
      const approved = approvedHash(value.text);
      for (const one of value.approvals) {
        need(!isObject(one) || !has(one, "approves") || (approved !== null && one.approves === approved),
          say`${path}: holds an approval of another text`);
      }
    }
    if (type === "publication") {
      need(value.audience === "public" || value.audience === "team", say`${path}: is for an unknown audience`);
      if (value.audience === "team") need(isHex(value.manifest), say`${path}: names no manifest`);
      else this.checkFileList(value.files, path);
    }
  }

  checkFileList(files, where) {
    need(isObject(files), say`${where}: lists no files`);
    for (const [path, digest] of Object.entries(files)) {
      need(path && !path.includes("\\") && !/(?! )[\p{C}\p{Z}]/u.test(path) && !path.startsWith("log/")
        && path.split("/").every((part) => part !== "" && part !== "." && part !== ".."),
        say`${where}: lists a path that is not allowed: ${path.slice(0, 80)}`);
      need(isHex(digest), say`${where}: has no SHA-256 for ${path}`);
    }
    return files;
  }

  async checkWitnesses(found) {
    const keys = [];
    let inCertificate = false; // of a time-stamping authority
    this.trust.split(/\r?\n/).forEach((line, i) => {
      const text = line.split("#")[0].trim();
      inCertificate = inCertificate || text.startsWith("-----BEGIN ");
      if (inCertificate) { inCertificate = !text.startsWith("-----END "); return; }
      if (!text) return;
      try { keys.push(keyOf(text)); need(keys[keys.length - 1].kind === 4, "is no witness's key"); }
      catch (error) { throw new Bad(say`witness keys: line ${i + 1}: ${why(error)}`); }
    });
    for (const path of ["log/checkpoint", "log/cosignatures"]) {
      if (this.site.paths && !this.site.paths.has(path)) continue;
      let text = "";
      try { text = loose(await this.site.read(path)); }
      catch (error) { if (this.site.paths) found.failed(why(error)); continue; }
      const parts = text.slice(0, -1).split("\n\n");
      if (!text) continue;
      if (!text.endsWith("\n") || parts.length % 2) { found.failed(say`${path}: is not pairs of checkpoint and signatures`); continue; }
      for (let i = 0; i < parts.length; i += 2) {
        try {
          const note = `${parts[i]}\n\n${parts[i + 1]}\n`, [size, top] = this.openAs(note, path);
          this.checkPrefix(size, top, path);
          const signed = openNote(note, [this.logKeyOf(note), ...keys])[1];
          for (const key of keys) if (signed.has(key.text)) this.witnessed.push([size, signed.get(key.text), key.name]);
        } catch (error) { found.failed(say`${path}: ${why(error)}`); }
      }
    }
    if (!this.trust.trim()) found.say("skipped", "no witness keys given");
    const names = [...new Set(this.witnessed.map((one) => one[2]))].sort().join(", ") || term("nobody");
    return say`${this.witnessed.length} cosignatures by ${names}`;
  }

  checkSince(text, seen, found) {
    const sizes = [];
    for (const note of notesIn(text)) {
      try {
        const [size, top] = this.openAs(note, "older checkpoint");
        this.checkPrefix(size, top, "older checkpoint");
        sizes.push(size);
      } catch (error) { found.failed(why(error)); }
    }
    found.unless(sizes.length || found.rows.length, "older checkpoint: none was found in the text");
    for (const size of seen === null ? [] : sizes) {
      const newest = size ? this.entries[size - 1].at : 0;
      if (seen + 60 < newest) { // people note times to the minute
        found.say("warning", say`not counted: seen at ${timeText(seen)}, but entry ${size - 1}, which the checkpoint covers, was logged at ${timeText(newest)}`);
      } else this.witnessed.push([size, seen, term("the holder")]);
    }
    return say`the log extends the checkpoint of ${Math.max(0, ...sizes)} entries`;
  }

  async checkManifest(found) {
    const mine = this.logged.filter((one) => one.type === "publication" && one.value.audience === this.audience);
    if (!mine.length) { found.failed(say`log: holds no publication for the ${term(this.audience)} site`); return ""; }
    const isTeam = this.audience === "team", last = mine[mine.length - 1].value;
    let files = last.files;
    if (isTeam) {
      const data = await this.site.read("manifest.json");
      need(shaHex(data) === last.manifest, "manifest.json: is not the manifest that was published: its hash differs");
      const value = readObject(data, "manifest.json");
      need(has(value, "salt") && has(value, "files"), "manifest.json: lacks salt or files");
      files = this.checkFileList(value.files, "manifest.json");
    }
    await this.site.ready(Object.keys(files));
    for (const path of Object.keys(files).sort()) {
      try {
        need(shaHex(await this.site.read(path)) === files[path], say`${path}: is not the file that was published: its hash differs`);
        this.good.push(path);
      } catch (error) { found.failed(why(error)); }
    }
    for (const path of sortedPaths(this.site.paths)) {
      const isCovered = path.startsWith("log/") || path.startsWith("records/") || (isTeam && path === "manifest.json");
      found.unless(has(files, path) || isCovered, say`${path}: was not published: not in the manifest`);
    }
    return say`${this.good.length} files are those that were published for ${term(this.audience)}`;
  }

  firsts(type) {
    const first = new Map();
    for (const one of this.logged) if (one.type === type && !first.has(one.run)) first.set(one.run, one);
    return first;
  }

  // -- draws --

  async checkDraws(found) {
    const byHash = new Map(), committed = new Map();
    for (const one of this.logged) {
      try {
        if (one.type === "opening") {
          const draw = new Draw(one, checkOpening(one.value));
          need(!byHash.has(draw.hash), say`opening of ${draw.id} is logged twice`);
          byHash.set(draw.hash, draw);
        } else if (one.type === "commitment") {
          const value = keyed(one.value, "commitment", "draw attempt commitment");
          const key = `${whole(value.attempt, "attempt", 1)} ${texted(value.draw, "draw")}`;
          need(isHex(value.commitment), "commitment is no SHA-256");
          committed.set(key, [...(committed.get(key) || []), one]);
        } else if (["closing", "outcome", "void"].includes(one.type)) {
          need(byHash.has(one.value.opening), say`${one.type} names no opening that was logged before it`);
          byHash.get(one.value.opening).named[one.type].push(one);
        }
      } catch (error) { found.failed(say`${one.path}: ${why(error)}`); }
    }
    this.draws = [...byHash.values()];
    for (const draw of this.draws) {
      await this.step(draw.name, async (one) => {
        await new Promise((resolve) => { setTimeout(resolve); }); // let the page breathe
        return this.checkDraw(draw, byHash, committed, one);
      });
    }
    this.checkOncePerRun(found);
    this.checkAttempts(found);
    this.checkGaps(found);
    for (const run of new Set(this.draws.map((draw) => draw.parts[0]))) {
      const live = this.draws.filter((one) => one.parts[0] === run && one.status !== "void");
      this.checkRun(live, this.firsts("allocation").get(run), found);
    }
    const pending = this.draws.filter((draw) => draw.status === "pending").map((draw) => draw.id).join(", ");
    return say`${this.draws.length} openings, one live draw each, every lead once${pending && say`, pending: ${pending}`}`;
  }

  checkDraw(draw, byHash, committed, found) {
    const { opening } = draw, { path } = draw.entry, snapshot = this.firsts("snapshot").get(draw.parts[0]);
    found.unless(draw.parts[0] === draw.entry.run && BANDS.includes(draw.parts[1]), say`${path}: draw id ${draw.id.slice(0, 80)} is not canonical for its run`);
    found.unless(draw.entry.at <= seconds(opening.opens_at, "opens_at"), say`${path}: was logged after its window had opened`);
    if (!snapshot) found.failed(say`${path}: no snapshot of run ${draw.parts[0]} was logged before it`);
    else {
      found.unless(snapshot.index < draw.entry.index, say`${path}: was opened before the snapshot was logged`);
      found.unless(opening.policy_sha256 === snapshot.value.policy_sha256, say`${path}: names another policy than the run's snapshot`);
      const isSame = !has(opening, "snapshot") || opening.snapshot === snapshot.value.snapshot;
      found.unless(isSame, say`${path}: names another snapshot than the run's`);
    }
    if (draw.kind === "operator") {
      const made = committed.get(`${opening.attempt} ${draw.id}`) || [];
      found.unless(made.length, say`${path}: the operator's commitment was never logged`);
      found.unless(made.length < 2, say`${path}: a second commitment for one draw leaves a choice`);
      for (const one of made.slice(0, 1)) {
        found.unless(one.value.commitment === opening.sources[0].commitment, say`${path}: names another commitment than the one logged for it`);
        found.unless(!snapshot || one.index <= snapshot.index, say`${one.path}: was committed to after the pool was frozen`);
      }
    }
    const { closing, outcome, void: voids } = draw.named;
    for (const one of closing.slice(1, 2)) found.failed(say`${one.path}: closes the draw a second time (entry ${one.index})`);
    for (const one of [...outcome, ...voids].sort((a, b) => a.index - b.index).slice(1)) {
      found.failed(say`${one.path}: ends the draw a second time (entry ${one.index})`);
    }
    if (closing.length) this.checkClosingEntry(draw, closing[0], found);
    if (outcome.length) this.checkOutcomeEntry(draw, outcome[0], found);
    else if (voids.length) this.checkVoidEntry(draw, voids[0], byHash, found);
    else if (this.now > draw.sourceTime + DAY) {
      draw.status = "overdue";
      found.failed(say`${path}: OVERDUE: no outcome or void within 24 h of its source's time`);
    }
    return say`${term(draw.status)}, ${term(draw.kind)}${draw.status === "finished" ? term(", re-derived") : ""}`;
  }

  checkClosingEntry(draw, entry, found) {
    let lines = [];
    try { lines = checkClosing(entry.value, draw.opening).lines || []; }
    catch (error) { throw new Bad(say`${entry.path}: ${why(error)}`); }
    const hasLines = (draw.opening.entrants || []).length > 1, closes = seconds(draw.opening.closes_at, "closes_at");
    found.unless(!hasLines || entry.at >= closes, say`${entry.path}: was closed before closes_at: lines were cut off`);
    if (entry.at > draw.sourceTime + (draw.kind === "operator" ? OPERATOR_GRACE : -1)) {
      if (lines.length) found.failed(say`${entry.path}: was closed too late to carry lines: it must have none`);
      else found.say("warning", say`${entry.path}: closed late, finished without lines: shown red`);
    }
  }

  checkOutcomeEntry(draw, { path, value, index, at }, found) {
    const closing = draw.named.closing[0], key = draw.isSelect ? "selected" : "winners";
    need(closing, say`${path}: is the outcome of a draw that was never closed`);
    found.unless(closing.index < index, say`${path}: was logged before the draw's closing`);
    found.unless(draw.kind === "operator" || at >= draw.sourceTime, say`${path}: was logged before its source's time`);
    try {
      keyed(value, "outcome", `opening closing reveals ${key}`);
      const made = derive(draw.opening, closing.value, value.reveals);
      need(value.closing === made.closing_hash, "outcome is of another closing");
      need(canonicalText(value[key]) === canonicalText(made[key]), say`outcome's ${key} are not what the draw gives`);
    } catch (error) { throw new Bad(say`${path}: ${why(error)}`); }
    draw.status = "finished";
    if (at > draw.sourceTime + DAY) found.say("warning", say`${path}: ended more than 24 h after its source's time: shown red`);
  }

  checkVoidEntry(draw, { path, value }, byHash, found) {
    const following = byHash.get(value.next_attempt);
    need(following, say`${path}: the next attempt it names was never opened`);
    try {
      keyed(value, "void", "opening reason next_attempt");
      need(isText(value.reason) && has(VOID_REASONS, value.reason) && VOID_REASONS[value.reason] === draw.kind, "its reason does not fit its source");
      for (const key of UNCHANGED) {
        const text = (opening) => (has(opening, key) ? canonicalText(opening[key]) : "");
        need(text(draw.opening) === text(following.opening), say`the attempt after a void must keep ${key} unchanged`);
      }
      need(following.kind === draw.kind, "the next attempt has another kind of source");
      need(following.opening.attempt === draw.opening.attempt + 1, "the next attempt must count one more");
    } catch (error) { throw new Bad(say`${path}: ${why(error)}`); }
    draw.status = "void";
    if (draw.kind === "drand") {
      found.say("warning", say`${path}: ask a beacon relay that round ${draw.opening.sources[0].round} really is missing`);
    }
    (draw.kind === "public" ? draw.opening.sources : []).forEach((_, i) => {
      found.say("warning", say`${path}: look up that ${askedAt(draw.opening, i)} really never appeared`);
    });
  }

  checkOncePerRun(found) {
    const policies = new Set(), once = new Set();
    for (const one of this.logged) {
      if (one.type === "policy") policies.add(one.value.sha256);
      if (one.type === "snapshot" || one.type === "allocation") {
        found.unless(!once.has(`${one.type} ${one.run}`), say`${one.path}: a second ${one.type} of run ${one.run}`);
        once.add(`${one.type} ${one.run}`);
        found.unless(policies.has(one.value.policy_sha256), say`${one.path}: names a policy that was not logged before it`);
      }
    }
  }

  checkAttempts(found) {
    const last = new Map(), numbers = new Map();
    for (const draw of this.draws) {
      const count = (numbers.get(draw.id) || 0) + 1, before = last.get(draw.id);
      numbers.set(draw.id, count);
      last.set(draw.id, draw);
      found.unless(draw.opening.attempt === count, say`${draw.entry.path}: is not attempt ${count} of ${draw.id}`);
      const isReplaced = !before || (before.status === "void" && before.named.void[0].value.next_attempt === draw.hash);
      found.unless(isReplaced, say`${draw.entry.path}: a second live draw of ${draw.id}`);
    }
  }

  /* No draw is void for want of a round that another one was drawn from. */
  checkGaps(found) {
    const beacon = this.draws.filter((draw) => draw.kind === "drand"), round = (draw) => draw.opening.sources[0].round;
    const drawn = new Map(beacon.filter((draw) => draw.status === "finished").map((draw) => [round(draw), draw.name]));
    for (const draw of beacon.filter((one) => one.status === "void" && drawn.has(round(one)))) {
      found.failed(say`${draw.named.void[0].path}: round ${round(draw)} exists, ${drawn.get(round(draw))} was drawn from it`);
    }
  }

  checkRun(live, allocation, found) {
    for (const key of ["candidates", "prizes"]) {
      const first = new Map();
      for (const draw of live) {
        for (const lead of draw.opening[key] || []) {
          found.unless(!first.has(lead), say`${draw.entry.path}: lead ${lead.slice(0, 16)} is among the ${key} of ${first.get(lead)} too`);
          first.set(lead, draw.id);
        }
      }
    }
    const selects = new Map(live.filter((draw) => draw.isSelect).map((draw) => [draw.parts[1], draw]));
    const shares = new Map();
    for (const draw of live.filter((one) => !one.isSelect)) {
      const key = `${draw.parts[1]}/${draw.parts[2]}`;
      shares.set(key, [...(shares.get(key) || []), draw]);
    }
    for (const ladders of shares.values()) this.checkShare(selects.get(ladders[0].parts[1]), ladders[0].parts[2], ladders, found);
    if (!allocation) return;
    for (const draw of live) {
      if (draw.entry.index > allocation.index) found.failed(say`${draw.entry.path}: was opened after the run was allocated`);
      else if (draw.status !== "finished" || draw.named.outcome[0].index > allocation.index) {
        found.failed(say`${allocation.path}: was allocated before ${draw.name} had ended`);
      }
    }
  }

  checkShare(select, share, ladders, found) {
    const { path } = ladders[0].entry;
    if (!select) {
      for (const draw of ladders) found.unless(draw.opening.pool === "none", say`${draw.entry.path}: names a pool that is no live select`);
      return;
    }
    if (select.status !== "finished") { found.failed(say`${path}: was opened without an outcome of its pool ${select.id}`); return; }
    const given = [], extras = new Set();
    for (const draw of ladders) {
      found.unless(draw.entry.index > select.named.outcome[0].index, say`${draw.entry.path}: was opened before its pool was drawn`);
      found.unless(draw.opening.pool === select.hash, say`${draw.entry.path}: names another pool`);
      given.push(...draw.opening.prizes);
      draw.opening.extra.forEach((one) => extras.add(one));
    }
    const picked = has(select.result, share) ? select.result[share] : null;
    found.unless(picked, say`${path}: the select has no share ${share.slice(0, 40)}`);
    found.unless(new Set(given).size === given.length, say`${path}: a prize is in two ladders`);
    found.unless(!select.opening.candidates.some((one) => extras.has(one)), say`${path}: an extra prize is a candidate of the select too`);
    const mine = given.filter((one) => !extras.has(one)).sort().join("\n");
    found.unless(mine === [...(picked || [])].sort().join("\n"), say`${path}: its prizes are not what the select gave the share`);
  }

  // -- decisions and pages --

  async checkDecisions(allocation, found) {
    const { run, value: stated } = allocation, path = `runs/${run}/decisions.json`, data = await this.site.read(path);
    need(shaHex(data) === stated.decisions, say`${path}: is not the decision file that was logged: its hash differs`);
    const file = readObject(data, path), rows = file.decisions;
    need(file.format === "fairlead/decisions/1" && Array.isArray(rows), say`${path}: is not fairlead/decisions/1`);
    for (const key of ["run", "snapshot", "policy_sha256"]) need(file[key] === stated[key], say`${path}: has another ${key} than its allocation record`);
    const decided = new Map();
    rows.forEach((one, i) => {
      need(isObject(one), say`${path}: has a decision that is no object`);
      for (const key of ["lead", "band", "method", "rule", "reason"]) need(isText(one[key]), say`${path}: has a decision without ${key}`);
      for (const key of ["rep", "share", "draw"]) need(!has(one, key) || isText(one[key]), say`${path}: has a decision with a wrong ${key}`);
      need(BANDS.includes(one.band) && METHODS.includes(one.method), say`${path}: has a decision of an unknown band or method`);
      need(i === 0 || compare(rows[i - 1].lead, one.lead) < 0, say`${path}: is not sorted by lead, each once`);
      decided.set(one.lead, one);
    });
    this.decided.set(run, decided);

    const counts = this.counts(run), said = new Map();
    for (const [band, methods] of Object.entries(stated.counts)) {
      for (const [method, count] of Object.entries(methods)) said.set(`${band}/${method}`, count);
    }
    for (const key of [...new Set([...counts.keys(), ...said.keys()])].sort()) {
      const [real, told] = [counts.get(key) || 0, said.get(key) || 0];
      found.unless(real === told, say`${allocation.path}: states ${told} of ${key}, there are ${real}`);
    }
    const owned = [...decided.values()].filter((one) => has(one, "rep")).length;
    found.unless(stated.owned === owned && stated.held === decided.size - owned, say`${allocation.path}: states ${stated.owned} owned, there are ${owned}`);
    const snapshot = this.firsts("snapshot").get(run);
    if (!snapshot || snapshot.index > allocation.index) found.failed(say`${allocation.path}: no snapshot of the run was logged before it`);
    else {
      for (const key of ["snapshot", "policy_sha256"]) {
        found.unless(stated[key] === snapshot.value[key], say`${allocation.path}: was decided on another ${key} than was frozen`);
      }
      found.unless(snapshot.value.leads === decided.size, say`${path}: decides ${decided.size} leads, ${snapshot.value.leads} were frozen`);
    }
    this.checkAgainstDraws(run, path, decided, found);
    return say`${decided.size} decisions are as counted, frozen and drawn`;
  }

  counts(run) {
    const counts = new Map();
    for (const one of this.decided.get(run).values()) {
      counts.set(`${one.band}/${one.method}`, (counts.get(`${one.band}/${one.method}`) || 0) + 1);
    }
    return counts;
  }

  /* A drawn lead may have moved on to its band's last share; whether rightly, only the bundle tells. */
  checkAgainstDraws(run, path, decided, found) {
    const finished = this.draws.filter((one) => one.parts[0] === run && one.status === "finished"), won = new Map();
    for (const draw of finished.filter((one) => !one.isSelect)) Object.keys(draw.result).forEach((lead) => won.set(lead, draw));
    let moved = 0;
    for (const [lead, one] of decided) {
      const claims = one.method === "lottery" || has(one, "draw");
      found.unless(won.has(lead) || !claims, say`${path}: lead ${lead.slice(0, 16)} claims a lottery that was not drawn`);
    }
    for (const [lead, draw] of won) {
      const one = decided.get(lead), rep = draw.result[lead], share = draw.parts[2];
      if (!one) { found.failed(say`${path}: lead ${lead.slice(0, 16)}, drawn in ${draw.id}, is missing`); continue; }
      const isExtra = draw.opening.extra.includes(lead) && !draw.waited.has(lead), method = isExtra ? "exception" : "lottery";
      if (one.method !== "lottery" && !has(one, "draw") && has(one, "share")) moved += one.share !== share;
      else if (one.rep !== rep || one.draw !== draw.id) {
        found.failed(say`${path}: lead ${lead.slice(0, 16)} was won by ${rep.slice(0, 16)} in ${draw.id}, the file gives it to ${(one.rep || "nobody").slice(0, 16)}`);
      } else {
        // A lead that joined by an exception keeps the band of its score.
        const inBand = one.band === draw.parts[1] || method === "exception";
        found.unless(one.method === method && one.share === share && inBand, say`${path}: lead ${lead.slice(0, 16)} is not decided as it was drawn`);
      }
    }
    for (const draw of finished.filter((one) => one.isSelect)) moved += this.checkSplit(draw, path, decided, won, found);
    if (moved) found.say("warning", say`${path}: ${moved} drawn leads moved on to their band's last share`);
  }

  checkSplit(select, path, decided, won, found) {
    const drawn = new Map();
    for (const [share, leads] of Object.entries(select.result)) leads.forEach((lead) => drawn.set(lead, share));
    let moved = 0;
    for (const lead of select.opening.candidates) {
      const one = decided.get(lead), share = one && one.band === select.parts[1] ? one.share : undefined;
      if (share === undefined) found.failed(say`${path}: lead ${lead.slice(0, 16)}, a candidate, has no share`);
      else if (drawn.has(lead) && share !== drawn.get(lead)) {
        const isLast = !has(select.result, share);
        found.unless(isLast, say`${path}: lead ${lead.slice(0, 16)} was drawn for ${drawn.get(lead)}, not ${share}`);
        moved += isLast && !won.has(lead);
      }
    }
    for (const [lead, one] of decided) {
      if (one.band !== select.parts[1] || drawn.has(lead) || one.share === undefined || !has(select.result, one.share)) continue;
      const isPrize = won.has(lead) && won.get(lead).parts[2] === one.share;
      found.unless(isPrize, say`${path}: lead ${lead.slice(0, 16)} was not drawn for ${one.share}`);
    }
    return moved;
  }

  // -- runs between the Mondays --

  hasIntake() {
    return this.logged.some((one) => one.type === "snapshot" && (INTAKE.test(one.run) || has(one.value, "continues")))
      || this.draws.some((draw) => INTAKE.test(draw.parts[0]) || has(draw.opening, "waited"));
  }

  /* One chain of carried state, no lottery of their own, every lead drawn once. */
  checkIntake(found) {
    const snapshots = this.firsts("snapshot"), allocations = this.firsts("allocation"), taken = new Map();
    const sources = (one) => one.value.loads.filter(isObject).map((load) => String(load.source));
    for (const [run, snapshot] of snapshots) {
      if (!has(snapshot.value, "continues")) {
        const mine = new Set(sources(snapshot));
        const isLate = [...allocations].some(([key, one]) => one.index < snapshot.index && snapshots.has(key) && sources(snapshots.get(key)).some((name) => mine.has(name)));
        found.unless(!INTAKE.test(run) || !isLate, say`${snapshot.path}: continues no run, others were allocated before`);
        continue;
      }
      const before = snapshot.value.continues, earlier = allocations.get(before);
      if (!earlier || earlier.index > snapshot.index) found.failed(say`${snapshot.path}: continues a run that was not allocated before it`);
      else if (allocations.has(run)) {
        found.unless(!taken.has(before), say`${snapshot.path}: continues ${before}, and so does ${taken.get(before)}`);
        if (!taken.has(before)) taken.set(before, run);
      }
    }
    const byHash = new Map(this.draws.map((draw) => [draw.hash, draw]));
    for (const draw of this.draws.filter((one) => !one.isSelect)) this.checkWaited(draw, byHash, found);
    this.checkDrawnOnce(snapshots, found);
    return say`${[...snapshots.keys()].filter((run) => INTAKE.test(run)).length} between the Mondays, one carried state, every lead drawn once`;
  }

  checkWaited(draw, byHash, found) {
    const { path } = draw.entry, { opening, waited } = draw;
    found.unless(!INTAKE.test(draw.parts[0]), say`${path}: is a ladder, and a run between the Mondays has none`);
    if (!has(opening, "waited")) return;
    if (!waited.size || Object.values(opening.waited).flat().length !== waited.size) {
      found.failed(say`${path}: 'waited' is no list of leads by select, each once`);
      return;
    }
    found.unless([...waited].every((lead) => opening.extra.includes(lead)), say`${path}: a lead that waited is not among its extra prizes`);
    for (const [name, leads] of Object.entries(opening.waited)) {
      const select = byHash.get(name), isRight = select && select.isSelect && select.status === "finished" && select.parts[1] === draw.parts[1]
        && INTAKE.test(select.parts[0]) && select.named.outcome[0].index < draw.entry.index;
      found.unless(isRight, say`${path}: ${name.slice(0, 16)} is no select that ended between the Mondays`);
      if (!isRight) continue;
      const drawn = new Set(has(select.result, draw.parts[2]) ? select.result[draw.parts[2]] : []);
      found.unless(leads.every((lead) => drawn.has(lead)), say`${path}: a lead that waited was not drawn for it`);
    }
  }

  checkDrawnOnce(snapshots, found) {
    const placed = new Map(), awaiting = new Set(); // placed by an intake run, until somebody owns it or Monday decided it
    for (const run of snapshots.keys()) {
      const isIntake = INTAKE.test(run), drawn = [];
      for (const draw of this.draws.filter((one) => one.parts[0] === run && one.isSelect && !one.named.void.length)) {
        for (const lead of draw.opening.candidates) {
          found.unless(!placed.has(lead), say`${draw.entry.path}: lead ${lead.slice(0, 16)} was drawn in ${placed.get(lead)} already`);
          drawn.push(lead);
        }
      }
      if (!this.decided.has(run)) continue;
      const rows = this.decided.get(run), path = `runs/${run}/decisions.json`;
      const isKept = (lead) => isIntake && rows.has(lead) && !has(rows.get(lead), "rep") && rows.get(lead).reason !== "pilot_control";
      for (const lead of rows.keys()) if (!isKept(lead)) placed.delete(lead);
      for (const lead of drawn) if (isKept(lead)) placed.set(lead, run);
      const gone = isIntake ? 0 : [...awaiting].filter((lead) => !rows.has(lead)).length;
      if (gone) found.say("warning", say`${path}: lacks ${gone} leads that waited for its lottery`);
      if (!isIntake) awaiting.clear();
      for (const [lead, row] of rows) {
        if (row.reason !== AWAITS) continue;
        found.unless(isIntake && !has(row, "rep"), say`${path}: lead ${lead.slice(0, 16)} does not wait for a lottery`);
        if (isIntake && has(row, "share")) awaiting.add(lead);
      }
    }
  }

  async checkPages(found) {
    let total = 0;
    for (const path of this.good) {
      if (!/\.html?$/.test(path)) continue;
      const page = loose(await this.site.read(path));
      if (!/data-count/i.test(page)) continue;
      for (const [key, text] of statedCounts(page)) {
        total++;
        const [run, band, ...rest] = key.split("/"), method = rest.join("/");
        if (!this.decided.has(run)) { found.failed(say`${path}: states a count of ${key}, a run that has no decisions`); continue; }
        const digits = text.replace(/[\s\u00a0\u202f',]/g, ""), real = this.counts(run).get(`${band}/${method}`) || 0;
        found.unless(/^[0-9]{1,15}$/.test(digits) && Number(digits) === real, say`${path}: states ${text.trim().slice(0, 40)} for ${key}, recomputed ${real}`);
      }
    }
    return say`${total} numbers on pages equal what was recomputed`;
  }

  trusts() {
    const result = [];
    for (const draw of this.draws.filter((one) => one.status === "finished")) {
      const covered = Math.max(draw.entry.index, draw.named.closing[0].index) + 1;
      const inTime = this.witnessed.filter(([size, at]) => size >= covered && at < draw.sourceTime).sort((a, b) => a[1] - b[1]);
      result.push([draw.kind, inTime.length > 0]);
      this.checks.push(inTime.length
        ? ["ok", `order ${draw.id}`, say`seen by ${inTime[0][2]} at ${timeText(inTime[0][1])}, before its source's time`]
        : ["warning", `order ${draw.id}`, "nobody you trust saw opening and closing before the source's time"]);
      (draw.kind === "public" ? draw.named.outcome[0].value.reveals : []).forEach((one, i) => {
        this.checks.push(["warning", `value ${draw.id}`, say`look up ${askedAt(draw.opening, i)}: it must be ${one.value}`]);
      });
    }
    return result;
  }
}

/* Every distinct checkpoint note in a text or mail; quote marks and line ends do not matter. */
function notesIn(text) {
  const plain = withShown(text).replaceAll("\r\n", "\n").replace(/^[ \t>|]+|[ \t\r]+$/gm, "");
  return [...new Set([...plain.matchAll(NOTE)].map((match) => `${match[1]}\n${match[2].trimEnd()}\n`))];
}

/* A text and, should it be a mail's or page's source, what that shows. */
function withShown(text) {
  const lines = text.replace(/<br\s*\/?>(?!\r?\n)|(?<=[^\n])<(?:p|pre|div|td|li)\b[^<>]*>/gi, "\n");
  const shown = lines.replace(/<[^<>]*>/g, "").replaceAll("&mdash;", "—");
  return `${text}\n${shown.replace(/&#(x?)([0-9a-f]{1,6});/gi, (_, hex, code) => String.fromCharCode(parseInt(code, hex ? 16 : 10)))}`;
}

/* [key, text] of every element that carries data-count, whatever surrounds it. */
function statedCounts(page) {
  const tokens = /<!--[^]*?-->|<[!?][^>]*>|<\/([a-zA-Z][^\s/>]*)[^>]*>|<([a-zA-Z][^\s/>]*)((?:[^>"']|"[^"]*"|'[^']*')*)>|[^<]+|</g;
  const decoded = (text) => text.replace(/&(?:#(\d+)|#[xX]([0-9a-fA-F]+)|(amp|lt|gt|quot|apos|nbsp|thinsp));?/g,
    (_, decimal, digits, name) => (name ? { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: "\u00a0", thinsp: "\u2009" }[name]
      : String.fromCodePoint(Math.min(0x10ffff, decimal ? Number(decimal) : parseInt(digits, 16)))));
  const found = [];
  let open = [];
  const end = (tag) => {
    for (const one of open) one.depth -= one.tag === tag;
    open = open.filter((one) => one.depth);
  };
  for (const [token, closing, opening, rest] of page.matchAll(tokens)) {
    if (closing) end(closing.toLowerCase());
    else if (opening) {
      const tag = opening.toLowerCase();
      for (const one of open) one.depth += one.tag === tag;
      const match = /(?:^|\s)data-count\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+))/i.exec(rest);
      if (match) {
        found.push([decoded(match[1] ?? match[2] ?? match[3]), ""]);
        open.push({ tag, depth: 1, row: found[found.length - 1] });
      }
      if (rest.endsWith("/")) end(tag);
    } else if (!token.startsWith("<!") && !token.startsWith("<?")) for (const one of open) one.row[1] += decoded(token);
  }
  return found;
}

globalThis.Fairlead = {
  Verification, MemorySite, derive, parse, stream, unhex, isBeaconSignature, sha256, shaHex, ed25519, sha512, canonicalText,
  verify: (site, options) => new Verification(options).run(site),
};

// == 9. the page ===================================================================================

const box = typeof document === "undefined" ? null : document.getElementById("checker");
if (box) {
  const words = JSON.parse(box.dataset.words), at = (name) => document.getElementById(`checker-${name}`);
  const fromDisk = location.protocol === "file:", base = new URL(box.dataset.root, location.href);
  const element = (tag, text, css) => Object.assign(document.createElement(tag), { textContent: text, className: css || "" });
  const showHash = async (site) => {
    for (const [name, path] of [["script", "assets/verify.js"], ["python", "verify.py"]]) {
      try { at(name).textContent = shaHex(await site.read(path)); } catch { at(name).textContent = words.unknown; }
    }
  };
  /* A sentence in the page's language; "" where the catalogue has none. */
  const tell = (said) => {
    const [id, values] = said instanceof Said ? [said.id, said.values] : [said, []];
    const text = words.details === null ? id : has(words.details, id) ? words.details[id] : "";
    return text.replace(/\{(\d*)\}/g, ((next) => (_, place) => {
      const value = values[place === "" ? next++ : Number(place)];
      return value instanceof Said ? tell(value) || String(value) : String(value);
    })(0));
  };
  const subjectOf = (name) => {
    const subject = words.subjects[name] ? name : name.split(" ")[0];
    return name.replace(subject, words.subjects[subject] || subject);
  };
  const firstOf = (failed) => (failed.length ? `${subjectOf(failed[0][1])}: ${tell(failed[0][2]) || failed[0][2]}`
    + (failed.length > 1 ? words.more.replace("{n}", failed.length - 1) : "") : "");
  const tones = { VERIFIED: "good", FAILED: "bad" };
  const start = async (site) => {
    const began = performance.now(), list = at("list"), seen = at("seen").value.trim();
    list.replaceChildren();
    at("verdict").replaceChildren(element("span", words.working, "quiet"));
    const times = seen.split(/[\s,;，；]+/).filter(Boolean), mails = at("since").value;
    if (times.some((text) => Number.isNaN(Date.parse(text)))) { at("verdict").textContent = words.badTime; return; }
    const moments = times.map((text) => Math.floor(Date.parse(text) / 1000));
    const report = await Fairlead.verify(site, {
      now: Math.floor(Date.now() / 1000), key: at("key").value.trim(), since: mails, trust: at("trust").value,
      seen: moments[0] ?? null, // several times belong to the checkpoints in the order of the text
      held: moments.length > 1 ? notesIn(mails).map((note, i) => [note, moments[i] ?? null]) : null,
      progress: (name) => { at("progress").textContent = subjectOf(name); },
    });
    at("progress").textContent = "";
    at("verdict").replaceChildren(element("strong", report.verdict, `badge ${tones[report.verdict] || "warn"}`),
      element("span", ` ${words.verdicts[report.verdict]} `), element("span", firstOf(report.checks.filter((row) => row[0] === "failed")), "quiet"),
      element("p", words.took.replace("{n}", ((performance.now() - began) / 1000).toFixed(2)), "quiet"));
    for (const [outcome, name, detail] of report.checks) {
      const item = element("li", "", `check ${outcome}`), told = tell(detail);
      item.append(element("strong", words.outcomes[outcome]), element("span", ` ${subjectOf(name)}: `), element("span", told || String(detail), "detail"));
      if (!told) item.lastChild.lang = "en"; // a sentence that the catalogue lacks
      list.append(item);
    }
    at("verdict").dataset.code = report.exitCode;
    await showHash(site);
  };
  at("disk").hidden = !fromDisk;
  at("go").hidden = fromDisk;
  at("go").addEventListener("click", () => start(new AddressSite(base)));
  at("folder").addEventListener("change", (event) => { if (event.target.files.length) start(new PickedSite(event.target.files)); });
  if (!fromDisk) showHash(new AddressSite(base));
}
})();
